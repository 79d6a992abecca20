"""The ticket that a follow-up belongs to: the one it was sent to or, when that was closed long ago, the one that continues it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from services.intake.tickets.access import is_closed, lock_submission
from services.intake.tickets.continue_ticket import continue_ticket
from services.intake.tickets.write_follow_up import FollowUp, record_continuation, write_follow_up
from shared.catalog.model import Catalog

_CONTINUATION = text("""
    select reference from intake.submissions where follows = :reference order by submitted_at desc limit 1
""")


@dataclass(frozen=True)
class Destination:
    """The ticket that a follow-up was written to, and what is missing there. `opened`: a new one was made for it."""

    reference: str
    status: str
    missing_evidence: tuple[str, ...]
    opened: bool = False


def add_to_current_ticket(
    connection: Connection, catalog: Catalog, row: Row[Any], sent: FollowUp, correlation_id: str
) -> Destination:
    """Write it to the ticket in `row` (locked), or to the one that continues it, which is opened if there is none.

    Raises TicketFull.
    """
    target = current_ticket(connection, row)
    if target is None:
        reference = continue_ticket(connection, catalog, row, sent, correlation_id)
        record_continuation(connection, row, sent, reference)
        return Destination(reference, "received", (), opened=True)
    missing = write_follow_up(connection, catalog, target, sent, correlation_id)
    if target.reference != row.reference:
        record_continuation(connection, row, sent, target.reference)
    return Destination(target.reference, target.status, missing)


def current_ticket(connection: Connection, row: Row[Any]) -> Row[Any] | None:
    """The ticket itself, or the newest that continues it, locked; None when that one is closed too.

    Lock from older to newer, so that two callers cannot deadlock.
    """
    end: Row[Any] | None = row
    while end is not None and is_closed(end):
        following = connection.execute(_CONTINUATION, {"reference": end.reference}).scalar_one_or_none()
        end = lock_submission(connection, following) if following else None
    return end
