"""Lists the mails that became part of no ticket."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Row, text

from shared.storage.database import autocommit

# It could not be read; its writer was pointed to the form; it was ignored, since it is automatic.
WITHOUT_TICKET = ("unreadable", "pointed", "ignored")
# Those, and: not read yet; added to its ticket; a new ticket; a copy of an earlier one.
STATES = (*WITHOUT_TICKET, "waiting", "taken_in", "opened", "repeated")

_NEWEST = text("""
    select object, received_at, state, coalesce(reference, ticket) as ticket, address, size, because from intake.inbound_mails
    where state = any(cast(:states as text[])) order by received_at desc limit :most
""")


def newest_mails(engine: Engine, states: Sequence[str] = WITHOUT_TICKET, most: int = 200) -> Sequence[Row[Any]]:
    """The newest in these states; `object` is each one's name in the store."""
    with autocommit(engine) as connection:
        return connection.execute(_NEWEST, {"states": list(states), "most": most}).all()


def unreadable_mails(engine: Engine) -> Sequence[Row[Any]]:
    """The newest that could not be read, and wait for a person."""
    return newest_mails(engine, ("unreadable",))
