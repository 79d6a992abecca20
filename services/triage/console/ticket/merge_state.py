"""What the page of a merged ticket tells of the merge."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.triage.merging.stored import DAYS_TO_UNMERGE, find_merge
from services.triage.tickets.read_ticket import find_team
from shared.auth.principal import Principal


@dataclass(frozen=True)
class MergeState:
    """Of a merged ticket: in which one the matter continues, since when, and until when the reader may separate them."""

    into: str
    at: datetime
    until: datetime
    may_unmerge: bool


def merge_state(connection: Connection, reference: str, into: str | None, reader: Principal) -> MergeState | None:
    """None for a ticket that is merged into none. `into`: the surviving ticket."""
    merge = find_merge(connection, reference) if into else None
    if merge is None or into is None:
        return None
    may_unmerge = merge.is_recent and all(reader.may_write(find_team(connection, one)) for one in (reference, into))
    return MergeState(into, merge.at, merge.at + timedelta(days=DAYS_TO_UNMERGE), may_unmerge)
