"""When a message can be sent later. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.triage.timers.mornings import monday_morning, morning
from shared.errors import Unprocessable

LONGEST = timedelta(days=365)
AT = "at"


@dataclass(frozen=True)
class Time:
    """A time that the composer offers; `value` names it in the form."""

    value: str
    title: str
    at: datetime


def offered_times(now: datetime, zone: ZoneInfo) -> Sequence[Time]:
    """In an hour, tomorrow at nine, on Monday at nine; the last is left out where it is the same."""
    here = now.astimezone(zone)
    soon, tomorrow = now + timedelta(hours=1), morning(here, 1)
    monday = monday_morning(here)
    times = [
        Time("hour", f"In 1 hour ({soon.astimezone(zone):%H:%M})", soon),
        Time("tomorrow", f"Tomorrow, {tomorrow:%H:%M}", tomorrow),
        Time("monday", f"Monday, {monday:%H:%M}", monday),
    ]
    return times[:2] if monday == tomorrow else times


def chosen_time(choice: str, at: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The time of one of those `value`s or, for AT, the local time `at` as a form has it (2026-12-01T09:00).

    Raises Unprocessable for an unknown choice, and for a time that is none, has passed, or is more than a year ahead.
    """
    if choice != AT:
        times = {one.value: one.at for one in offered_times(now, zone)}
        if choice not in times:
            raise Unprocessable({"later": ["Choose when to send it."]})
        return times[choice]
    try:
        local = datetime.fromisoformat(at)
    except ValueError as error:
        raise Unprocessable({"later_at": ["Enter a date and a time."]}) from error
    due = local.replace(tzinfo=zone) if local.tzinfo is None else local
    if due <= now:
        raise Unprocessable({"later_at": ["This time has passed."]})
    if due > now + LONGEST:
        raise Unprocessable({"later_at": ["At most a year ahead."]})
    return due
