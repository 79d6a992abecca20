"""The timelines of tickets, as far as reports are made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

# Entries that reports count. Those of every other kind matter only to the waiting time, but for UNREAD, which are many or long.
COUNTED = (
    "routed", "unblocked", "transferred", "replied", "information_requested", "disapproved", "resolved", "resolved_in_silence",
    "withdrawn", "merged", "unmerged", "reopened", "reopened_by_merge", "bulk_undone",
)  # fmt: skip
UNREAD = ("followed_up", "noted", "claimed", "given_back")

_BATCH = text("""
    select max(id) as last, array_agg(distinct ticket) filter (where kind = any(:counted)) as tickets
    from (select id, ticket, kind from triage.timeline where id > :position and id <= :until order by id limit :limit) as batch
""")
_HISTORIES = text("""
    select t.reference, t.sequence, t.created_at, t.team, t.category, t.decision -> 'rules' ->> 'team' as rule,
           (select coalesce(jsonb_agg(jsonb_build_array(
                        l.id, l.at, l.kind, l.by is not null, l.by_id, coalesce(l.message, '') <> '', l.facts) order by l.id), '[]')
            from triage.timeline l where l.ticket = t.reference and l.kind <> all(:unread)) as entries
    from triage.tickets t where t.reference = any(:tickets)
""")
_PROGRAMS = text("select id from auth.users where role = 'service' or is_program")


@dataclass(frozen=True)
class Entry:
    """A timeline entry. `by_person`: a person made it and no program; `agent`: their account, None in entries of 0.1.0."""

    id: int
    at: datetime
    kind: str
    by_person: bool = False
    agent: UUID | None = None
    has_message: bool = False
    facts: Mapping[str, Any] | None = None

    def fact(self, name: str) -> str | None:
        """One of its facts, as text."""
        value = (self.facts or {}).get(name)
        return None if value is None else str(value)


@dataclass(frozen=True)
class History:
    """A ticket and its entries in their order. `team`: the present one."""

    sequence: int
    created_at: datetime
    team: str
    category: str
    rule: str | None
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Batch:
    """The tickets of some entries, with their whole history; `last`: the last entry's id."""

    last: int
    histories: Sequence[History]


def read_batch(connection: Connection, position: int, until: int, limit: int) -> Batch:
    """The next `limit` entries above `position`, up to `until`."""
    values = {"position": position, "until": until, "limit": limit, "counted": list(COUNTED)}
    last, tickets = connection.execute(_BATCH, values).one()
    if not tickets:
        return Batch(until if last is None else last, ())
    programs = set(connection.execute(_PROGRAMS).scalars())
    rows = connection.execute(_HISTORIES, {"tickets": tickets, "unread": list(UNREAD)})
    histories = [
        History(
            row.sequence,
            row.created_at,
            row.team,
            row.category,
            row.rule,
            [_entry(one, programs) for one in row.entries],
        )
        for row in rows
    ]
    return Batch(last, histories)


def _entry(row: Sequence[Any], programs: set[UUID]) -> Entry:
    number, at, kind, is_by_account, by_id, has_message, facts = row
    agent = UUID(by_id) if by_id else None
    by_person = is_by_account and agent not in programs
    return Entry(number, datetime.fromisoformat(at), kind, by_person, agent if by_person else None, has_message, facts)
