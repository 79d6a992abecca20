"""How long a requester waited for us: computed from the ticket's timeline, in working hours of the team that had the ticket. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.triage.rules.document.model import Calendar
from services.triage.rules.engine.deadline import open_seconds

# Timeline kinds after which we wait for the requester, and those after which the requester waits for us again.
_STOPS = frozenset({"information_requested", "resolved", "disapproved", "withdrawn"})
_STARTS = frozenset(
    {
        "evidence_complete",
        "evidence_overdue",
        "answered_by_requester",
        "reopened",
        "transferred",
        "released",
        "snooze_ended",
        "unsnoozed",
        "unblocked",
    }
)


@dataclass(frozen=True)
class Moment:
    """A timeline entry."""

    at: datetime
    kind: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Waited:
    """Working seconds in which the requester waited for us, and the team that had the ticket at the end (None: not routed yet)."""

    seconds: float
    team: str | None


@dataclass(frozen=True)
class _State:
    """What decides whether and by which calendar time counts."""

    team: str | None
    urgent: bool
    ours: bool


def waited_for_us(
    created_at: datetime, until: datetime, lines: Sequence[Moment], calendars: Mapping[str, Calendar | None]
) -> Waited:
    """The time between submission and `until` in which the requester waited for us; `lines` in their order.

    Each period counts by the calendar (in `calendars`, by team) of the team that had the ticket then, and around the clock while
    it was urgent: after a transfer or a new priority, the time before still counts by the former calendar.
    """
    seconds = 0.0
    team: str | None = None
    for start, end, state in _periods(created_at, until, lines):
        team = state.team
        if state.ours:
            seconds += open_seconds(start, end, calendars.get(team or ""), urgent=state.urgent)
    return Waited(seconds, team)


def _periods(
    created_at: datetime, until: datetime, lines: Sequence[Moment]
) -> Iterator[tuple[datetime, datetime, _State]]:
    """Periods without a change of state: start, end, state. The time before routing counts for the team that was chosen."""
    routed = next((line for line in lines if line.kind == "routed"), None)
    since, state = created_at, _State(None, False, True)
    if routed:
        state = _State(routed.facts.get("team"), routed.facts.get("priority") == "urgent", True)
    for line in lines:
        if line.at >= until:
            break
        changed = _after(line, state)
        if changed != state:
            yield since, line.at, state
            since, state = line.at, changed
    yield since, until, state


def _after(line: Moment, before: _State) -> _State:
    team, urgent, facts = before.team, before.urgent, line.facts
    if line.kind == "transferred":
        team = facts.get("to")
    elif line.kind == "breached":
        urgent = facts.get("to") == "urgent"
    elif line.kind == "changed" and "priority" in facts:
        urgent = facts["priority"][-1] == "urgent"
    elif line.kind == "bulk_undone":
        # As it was before the action: the time in between counts as the action left it.
        moved = facts.get("action") in ("transfer", "resolution")
        ours = facts.get("state") in ("open", "claimed") if moved else before.ours
        return _State(facts.get("team"), facts.get("priority") == "urgent", ours)
    ours = not _stops(line) if before.ours else line.kind in _STARTS
    return _State(team, urgent, ours)


def _stops(line: Moment) -> bool:
    if line.kind == "routed":
        return line.facts.get("state") in ("held", "blocked")
    if line.kind == "replied":
        return line.facts.get("then") != "keep"
    return line.kind in _STOPS
