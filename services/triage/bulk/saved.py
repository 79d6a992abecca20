"""Stored bulks: finding one, its results, who may see and undo it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.triage.bulk.kinds import KINDS, BulkKind
from shared.auth.principal import Principal
from shared.errors import Forbidden, NotFound

_FIND = text("""
    select id, by_id, created_by, action, state, done, total, created_at, finished_at, undo_until, undone_at, undone_name, error,
           undone_at is null and (undo_until is null or undo_until > clock_timestamp()) as is_in_time,
           greatest(extract(epoch from undo_until - clock_timestamp()), 0) as seconds_left
    from triage.bulks where id = :id
""")
_RESULTS = text("""
    select number, ticket as reference, status, why from triage.bulk_tickets
    where bulk = :bulk and number > :after and status is not null order by number limit :limit
""")
_COUNTS = text("""
    select status, count(*) as tickets from triage.bulk_tickets where bulk = :bulk and status is not null group by status
""")


@dataclass(frozen=True)
class Bulk:
    """A bulk. `done` of `total` tickets are done in this pass: of the action, or after `undone_at` of its undo.

    `seconds_left`: for an undo, once the first chunk has begun.
    """

    id: UUID
    by_id: UUID
    created_by: str
    action: dict[str, Any]
    state: str
    done: int
    total: int
    created_at: datetime
    finished_at: datetime | None
    undo_until: datetime | None
    undone_at: datetime | None
    undone_name: str | None
    error: str | None
    is_in_time: bool
    seconds_left: float | None

    @property
    def over(self) -> bool:
        """Whether it has ended and its results are final, but for an undo."""
        return self.state not in ("queued", "running")

    @property
    def kind(self) -> BulkKind:
        return KINDS[self.action["kind"]]

    @property
    def may_be_undone(self) -> bool:
        """Whether an undo that was asked for now would be accepted."""
        return bool(self.kind.undone) and self.is_in_time

    def may_undo(self, principal: Principal) -> bool:
        """Whether this person may undo it: their own, and an admin everybody's."""
        return principal.may("tickets.write") and (principal.id == self.by_id or principal.may("people.write"))


def find_bulk(connection: Connection, bulk: UUID, principal: Principal) -> Bulk:
    """A person sees their own, admins and auditors everybody's, since its tickets may be any team's. Raises NotFound, Forbidden."""
    row = connection.execute(_FIND, {"id": bulk}).one_or_none()
    if row is None:
        raise NotFound("There is no such bulk.")
    found = Bulk(**row._mapping)
    if principal.id != found.by_id and not principal.may("people.read"):
        raise Forbidden("Another person asked for this.")
    return found


def results_of(connection: Connection, bulk: UUID, after: int = 0, limit: int = 10_000) -> Sequence[Row[Any]]:
    """The results so far, numbered above `after`, in the order of the references."""
    return connection.execute(_RESULTS, {"bulk": bulk, "after": after, "limit": limit}).all()


def count_results(connection: Connection, bulk: UUID) -> dict[str, int]:
    """How many tickets are `done`, `skipped` and `failed` so far."""
    return {row.status: row.tickets for row in connection.execute(_COUNTS, {"bulk": bulk})}


def as_document(bulk: Bulk, results: Sequence[Row[Any]]) -> dict[str, Any]:
    """The API's object for a bulk."""
    return {
        "id": bulk.id,
        "state": bulk.state,
        "action": bulk.kind.name,
        "progress": {"done": bulk.done, "total": bulk.total},
        "results": [{"reference": row.reference, "status": row.status, "why": row.why} for row in results],
        "created_by": bulk.created_by,
        "created_at": bulk.created_at,
        "finished_at": bulk.finished_at,
        "undo_until": bulk.undo_until if bulk.may_be_undone else None,
        "undone_at": bulk.undone_at,
        "error": bulk.error,
    }
