"""A ticket as it is before and after the action of a bulk: what an undo restores, and by what it sees that somebody changed the ticket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from services.triage.tickets.restoring import STATE, members

# What an undo of an action that moved the ticket restores, but for its owner.
MOVED = {**STATE, "team": "text", "answered_at": "timestamptz", "reserved_until": "timestamptz"}
# What an undo of another action restores, but for the owner.
CHANGED = {"priority": "text", "tags": "text[]", "respond_by": "timestamptz", "reserved_until": "timestamptz"}
OWNED = {"owner": "uuid"}

# A claim whose lease has ended counts as none.
_READ = text(f"""
    select t.team, t.tags, t.claim, t.claimed_by,
           t.state = 'claimed' and t.lease_expires_at > clock_timestamp() as is_claimed,
           (select c.holder from triage.claims c where c.id = t.claim) as holder,
           (select l.id from triage.timeline l where l.ticket = t.reference and l.kind = :line order by l.id desc limit 1) as line,
           jsonb_build_object('version', t.version, 'merged_into', t.merged_into, {members({**MOVED, **CHANGED, **OWNED})}) as document
    from triage.tickets t where t.reference = :reference for update of t
""")

# Timers set the others, which is no change by anybody.
COMPARED = (
    "version",
    "state",
    "team",
    "priority",
    "tags",
    "owner",
    "respond_by",
    "answered_at",
    "resolved_at",
    "merged_into",
)


@dataclass(frozen=True)
class Snapshot:
    """A ticket's row, locked by this transaction. `line`: the id of its newest timeline entry of the bulk's kind."""

    team: str
    tags: list[str]
    claim: Any
    claimed_by: str | None
    is_claimed: bool
    holder: str | None
    line: int | None
    document: Mapping[str, Any]

    def stored(self, **more: Any) -> dict[str, Any]:
        """For the bulk's result, and `more`."""
        return {**self.document, "line": self.line, **more}


def read_snapshot(connection: Connection, reference: str, line: str) -> Snapshot | None:
    """Lock and read the ticket; None where there is none. `line`: the kind of timeline entry that the bulk's action writes."""
    row = connection.execute(_READ, {"reference": reference, "line": line}).one_or_none()
    return None if row is None else Snapshot(**row._mapping)


# A claim that begins or ends changes them; where the action moved no ticket, that is no reason to leave it.
CLAIMING = ("version", "respond_by")


def is_unchanged(now: Mapping[str, Any], after: Mapping[str, Any], *, moved: bool) -> bool:
    """Whether nobody changed the ticket since the action, after which it was as `after`. `moved`: the action changed state or team."""
    if moved:
        return all(now[name] == after[name] for name in COMPARED)
    return all(_at_rest(now, name) == _at_rest(after, name) for name in COMPARED if name not in CLAIMING)


def _at_rest(document: Mapping[str, Any], name: str) -> Any:
    """The value, of a claimed ticket as of an open one."""
    return "open" if document[name] == "claimed" and name == "state" else document[name]
