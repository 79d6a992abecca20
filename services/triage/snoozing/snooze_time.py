"""Until when a ticket is snoozed. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.triage.timers.mornings import monday_morning, morning
from shared.errors import Unprocessable

# What the console offers, with its titles.
CHOICES: Mapping[str, str] = {
    "3h": "3 hours",
    "tomorrow": "Tomorrow, 9:00",
    "monday": "Monday, 9:00",
    "week": "A week",
}


def snooze_time(given: str, now: datetime, zone: str) -> datetime:
    """The instant (UTC) that `given` stands for: RFC 3339, one of CHOICES, or a time without an offset, which is one of `zone`.

    Raises Unprocessable for anything else, for a time that is not after `now` (aware), and for one that is more than a year ahead.
    """
    try:
        until = _chosen(given, now.astimezone(ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unprocessable({"until": ["Not a date and time."]}) from error
    if until <= now:
        raise Unprocessable({"until": ["Choose a time in the future."]})
    if until > _a_year_after(now):
        raise Unprocessable({"until": ["Choose a time within a year."]})
    return until


def _a_year_after(now: datetime) -> datetime:
    """The same date of the next year; 29 February becomes 1 March."""
    is_leap_day = (now.month, now.day) == (2, 29)
    return now.replace(year=now.year + 1, month=3, day=1) if is_leap_day else now.replace(year=now.year + 1)


def _chosen(given: str, local: datetime) -> datetime:
    """`local`: now, where the team works."""
    if given == "3h":
        return local.astimezone(UTC) + timedelta(hours=3)
    if given == "tomorrow":
        return morning(local, 1)
    if given == "monday":
        return monday_morning(local)
    if given == "week":
        return local + timedelta(days=7)
    until = datetime.fromisoformat(given)
    return until.replace(tzinfo=local.tzinfo) if until.tzinfo is None else until
