"""The mails that became part of no ticket: kept whole, for a person."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Row, text

from shared.storage.database import autocommit

# Nobody could read it; its writer is pointed to the form; nothing is made of it, since a machine wrote it.
WITHOUT_TICKET = ("unreadable", "pointed", "ignored")
# Those, and: not read yet; part of its ticket; a ticket of its own; the same as one that came before.
STATES = (*WITHOUT_TICKET, "waiting", "taken_in", "opened", "repeated")

_NEWEST = text("""
    select object, received_at, state, coalesce(reference, ticket) as ticket, address, size, because from intake.inbound_mails
    where state = any(cast(:states as text[])) order by received_at desc limit :most
""")


def newest_mails(engine: Engine, states: Sequence[str] = WITHOUT_TICKET, most: int = 200) -> Sequence[Row[Any]]:
    """The newest ones in these states; `object` is where each lies in the store."""
    with autocommit(engine) as connection:
        return connection.execute(_NEWEST, {"states": list(states), "most": most}).all()


def unreadable_mails(engine: Engine) -> Sequence[Row[Any]]:
    """The newest ones that wait for a person, since nobody could read them."""
    return newest_mails(engine, ("unreadable",))
