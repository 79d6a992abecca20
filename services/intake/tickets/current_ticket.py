"""Where what is sent later belongs: its ticket, or, when that was done with long ago, the one that goes on from it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from services.intake.tickets.access import is_done_with, lock_submission
from services.intake.tickets.continue_ticket import continue_ticket
from services.intake.tickets.write_follow_up import FollowUp, note_continuation, write_follow_up
from shared.catalog.model import Catalog

_CONTINUATION = text("""
    select reference from intake.submissions where follows = :reference order by submitted_at desc limit 1
""")


@dataclass(frozen=True)
class TakenIn:
    """Where it went, and what is missing there. `opened`: it made a ticket of its own."""

    reference: str
    status: str
    missing_evidence: tuple[str, ...]
    opened: bool = False


def take_in(connection: Connection, catalog: Catalog, row: Row[Any], sent: FollowUp, correlation_id: str) -> TakenIn:
    """Write it to the ticket in `row` (locked), or to the one that goes on from it, which is opened if there is none.

    Raises TicketFull.
    """
    target = living_end(connection, row)
    if target is None:
        reference = continue_ticket(connection, catalog, row, sent, correlation_id)
        note_continuation(connection, row, sent, reference)
        return TakenIn(reference, "received", (), opened=True)
    missing = write_follow_up(connection, catalog, target, sent, correlation_id)
    if target.reference != row.reference:
        note_continuation(connection, row, sent, target.reference)
    return TakenIn(target.reference, target.status, missing)


def living_end(connection: Connection, row: Row[Any]) -> Row[Any] | None:
    """The ticket itself, or the newest that goes on from it, locked; None when that too is done with.

    Locks go from older to newer, so two of these never wait for each other.
    """
    end: Row[Any] | None = row
    while end is not None and is_done_with(end):
        following = connection.execute(_CONTINUATION, {"reference": end.reference}).scalar_one_or_none()
        end = lock_submission(connection, following) if following else None
    return end
