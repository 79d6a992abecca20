"""How long a requester waited for us: read from the ticket's timeline, in the team's working hours. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.triage.rules.model import Calendar
from services.triage.rules.service_level import open_seconds

# What stops the clock, because the next word is the requester's, and what lets it run again.
_STOPS = frozenset({"information_requested", "resolved", "disapproved", "withdrawn"})
_STARTS = frozenset({"evidence_complete", "evidence_overdue", "answered_by_requester", "reopened", "transferred"})


@dataclass(frozen=True)
class Moment:
    """A line of the timeline."""

    at: datetime
    kind: str
    facts: Mapping[str, Any]


def waited_for_us(
    created_at: datetime, until: datetime, lines: Sequence[Moment], calendar: Calendar | None, *, urgent: bool
) -> float:
    """Seconds between the note and `until` in which the next word was ours, by the calendar; `lines` in their order."""
    spans = _our_turns(created_at, until, lines)
    return sum(open_seconds(start, end, calendar, urgent=urgent) for start, end in spans)


def _our_turns(created_at: datetime, until: datetime, lines: Sequence[Moment]) -> Iterator[tuple[datetime, datetime]]:
    since: datetime | None = created_at
    for line in lines:
        if line.at >= until:
            break
        if since is not None and _stops(line):
            yield since, line.at
            since = None
        elif since is None and line.kind in _STARTS:
            since = line.at
    if since is not None:
        yield since, until


def _stops(line: Moment) -> bool:
    if line.kind == "routed":
        return line.facts.get("state") == "held"
    if line.kind == "replied":
        return line.facts.get("then") != "keep"
    return line.kind in _STOPS
