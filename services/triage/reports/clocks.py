"""How long a requester waited for us: read from the ticket's timeline, in the working hours of whose turn it was. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.triage.rules.document.model import Calendar
from services.triage.rules.engine.deadline import open_seconds

# What stops the clock, because the next word is the requester's, and what lets it run again.
_STOPS = frozenset({"information_requested", "resolved", "disapproved", "withdrawn"})
_STARTS = frozenset({"evidence_complete", "evidence_overdue", "answered_by_requester", "reopened", "transferred"})


@dataclass(frozen=True)
class Moment:
    """A line of the timeline."""

    at: datetime
    kind: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Waited:
    """Seconds in which the next word was ours, and the team that the ticket was with in the end (None: nobody had placed it)."""

    seconds: float
    team: str | None


@dataclass(frozen=True)
class _Standing:
    """What the clock depends on."""

    team: str | None
    urgent: bool
    ours: bool


def waited_for_us(
    created_at: datetime, until: datetime, lines: Sequence[Moment], calendars: Mapping[str, Calendar | None]
) -> Waited:
    """What of the time between the note and `until` was ours; `lines` in their order.

    Each stretch counts by the calendar (in `calendars`, by team) of the team that had the ticket then, and around the clock while
    it was urgent: a team that is handed a ticket answers neither for another's nights, nor for a priority that came later.
    """
    seconds = 0.0
    team: str | None = None
    for start, end, standing in _stretches(created_at, until, lines):
        team = standing.team
        if standing.ours:
            seconds += open_seconds(start, end, calendars.get(team or ""), urgent=standing.urgent)
    return Waited(seconds, team)


def _stretches(
    created_at: datetime, until: datetime, lines: Sequence[Moment]
) -> Iterator[tuple[datetime, datetime, _Standing]]:
    """From, to, and how things stood; the moments before the rules placed the note are the chosen team's too."""
    routed = next((line for line in lines if line.kind == "routed"), None)
    since, standing = created_at, _Standing(None, False, True)
    if routed:
        standing = _Standing(routed.facts.get("team"), routed.facts.get("priority") == "urgent", True)
    for line in lines:
        if line.at >= until:
            break
        changed = _after(line, standing)
        if changed != standing:
            yield since, line.at, standing
            since, standing = line.at, changed
    yield since, until, standing


def _after(line: Moment, before: _Standing) -> _Standing:
    team, urgent, facts = before.team, before.urgent, line.facts
    if line.kind == "transferred":
        team = facts.get("to")
    elif line.kind == "breached":
        urgent = facts.get("to") == "urgent"
    elif line.kind == "changed" and "priority" in facts:
        urgent = facts["priority"][-1] == "urgent"
    ours = not _stops(line) if before.ours else line.kind in _STARTS
    return _Standing(team, urgent, ours)


def _stops(line: Moment) -> bool:
    if line.kind == "routed":
        return line.facts.get("state") == "held"
    if line.kind == "replied":
        return line.facts.get("then") != "keep"
    return line.kind in _STOPS
