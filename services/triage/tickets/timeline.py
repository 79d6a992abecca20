"""The timeline of a ticket, append-only."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

# A line with a message or a file makes the ticket's search row stale.
_APPEND = text("""
    with pending as (insert into triage.search_pending (ticket) select cast(:ticket as text) where :worded)
    insert into triage.timeline (ticket, at, kind, by, by_id, message, facts)
    select :ticket, coalesce(line.at, clock_timestamp()), line.kind, line.by, line.by_id, line.message, coalesce(line.facts, '{}')
    from jsonb_to_recordset(cast(:lines as jsonb)) as line (
        at timestamptz, kind text, by text, by_id uuid, message text, facts jsonb)
    returning id
""")

_HAS_EVENT = text("select exists (select from triage.timeline where ticket = :ticket and facts ->> 'event' = :event)")

_IS_WRITTEN = text("""
    select exists (select from triage.timeline where ticket = :ticket and id > :after and kind = :kind and message = :message)
""")

# SQL on an entry `l`: the requester wrote. An automatic e-mail opens no ticket, and one of a blocked sender neither.
REQUESTER_WROTE = "(l.kind = 'followed_up' and not jsonb_exists_any(l.facts, '{automatic,blocked}'))"


@dataclass(frozen=True)
class Line:
    """A timeline entry to write. `by`: a person's name, None for the system or the requester; `by_id`: their account; `at`: None is now."""

    kind: str
    by: str | None = None
    by_id: UUID | None = None
    message: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None


def append(connection: Connection, ticket: str, *lines: Line) -> list[int]:
    """Add lines in the order given; returns their ids."""
    if not lines:
        return []
    document = [
        {
            "at": line.at.isoformat() if line.at else None,
            "kind": line.kind,
            "by": line.by,
            "by_id": str(line.by_id) if line.by_id else None,
            "message": line.message,
            "facts": dict(line.facts),
        }
        for line in lines
    ]
    values = {"ticket": ticket, "lines": json.dumps(document), "worded": any(map(_is_searched, lines))}
    return list(connection.execute(_APPEND, values).scalars())


def _is_searched(line: Line) -> bool:
    return bool(line.message or line.facts.get("attachments") or line.facts.get("with_files"))


def has_event(connection: Connection, ticket: str, event: str) -> bool:
    """Whether the event of this id is on the ticket's timeline already."""
    found: bool = connection.execute(_HAS_EVENT, {"ticket": ticket, "event": event}).scalar_one()
    return found


def is_written(connection: Connection, ticket: str, line: Line, after: int) -> bool:
    """Whether a line of the same kind and message was written after the line with the id `after`."""
    values = {"ticket": ticket, "after": after, "kind": line.kind, "message": line.message}
    found: bool = connection.execute(_IS_WRITTEN, values).scalar_one()
    return found
