"""Lists the mails that became part of no ticket."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, text

from shared.storage.database import autocommit

# It may be a person's, and nobody opened a ticket of it yet; it could not be read; its writer was pointed to the form; it was ignored,
# since it is automatic; its sender is blocked.
WITHOUT_TICKET = ("unsure", "unreadable", "pointed", "ignored", "blocked")
# Those, and: not read yet; added to its ticket; a new ticket; a copy of an earlier one.
STATES = (*WITHOUT_TICKET, "waiting", "taken_in", "opened", "repeated")

_NEWEST = text("""
    select object, received_at, state, coalesce(reference, ticket) as ticket, address, size, because from intake.inbound_mails
    where state = any(cast(:states as text[]))
      and (cast(:before as timestamptz) is null or (received_at, object) < (:before, :last))
    order by received_at desc, object desc limit :most
""")


def newest_mails(
    engine: Engine,
    states: Sequence[str] = WITHOUT_TICKET,
    most: int = 200,
    before: tuple[datetime, str] | None = None,
) -> Sequence[Row[Any]]:
    """The newest in these states, those older than `before` (its time and name); `object` is each one's name in the store."""
    at, last = before or (None, None)
    with autocommit(engine) as connection:
        values = {"states": list(states), "most": most, "before": at, "last": last}
        return connection.execute(_NEWEST, values).all()


def unreadable_mails(engine: Engine) -> Sequence[Row[Any]]:
    """The newest that could not be read, and wait for a person."""
    return newest_mails(engine, ("unreadable",))
