"""The deadline of the first answer."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from services.triage.rules.document.durations import seconds_of
from services.triage.rules.document.model import Calendar

_ONE_DAY = timedelta(days=1)
# Days closed in a row after which the calendar counts as one that never opens (Sundays alone, in a country where each
# Sunday is a holiday); the clock then runs on.
_NEVER_OPEN = 400


def respond_by(
    start: datetime, within: str | None, calendar: Calendar | None = None, *, urgent: bool = False
) -> datetime | None:
    """The instant (UTC) until which the first answer is due; None when nothing sets a time.

    The clock counts from `start` (aware), in the calendar's opening hours only; without a calendar, and for what is
    urgent, it never stops.
    """
    seconds = seconds_of(within)
    if seconds is None:
        return None
    left = timedelta(seconds=seconds)
    if calendar is None or urgent or not calendar.hours:
        return start.astimezone(UTC) + left
    now = start.astimezone(UTC)
    day = start.astimezone(ZoneInfo(calendar.timezone)).date()
    closed = 0
    while closed < _NEVER_OPEN:
        opened = _open(calendar, day)
        closed = 0 if opened is not None else closed + 1
        if opened is not None:
            begin, end = max(opened[0], now), opened[1]
            if begin + left <= end:
                return begin + left
            left -= max(end - begin, timedelta(0))
        day += _ONE_DAY
    return now + left


def open_seconds(start: datetime, end: datetime, calendar: Calendar | None = None, *, urgent: bool = False) -> float:
    """The seconds between two instants (aware) that a team's clock counts: its opening hours; all of them without a
    calendar, and for what is urgent."""
    if end <= start:
        return 0.0
    if calendar is None or urgent or not calendar.hours:
        return (end - start).total_seconds()
    zone = ZoneInfo(calendar.timezone)
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    counted = timedelta(0)
    while day <= last:
        opened = _open(calendar, day)
        if opened is not None:
            counted += max(min(opened[1], end) - max(opened[0], start), timedelta(0))
        day += _ONE_DAY
    return counted.total_seconds()


def _open(calendar: Calendar, day: date) -> tuple[datetime, datetime] | None:
    """When the team works on that day, in UTC, so that a change to summer time counts as the hours it has."""
    span = calendar.hours.get(day.weekday())
    if span is None or (calendar.holidays is not None and _is_holiday(calendar.holidays, day)):
        return None
    zone = ZoneInfo(calendar.timezone)
    last = day + _ONE_DAY if span[1] == time(0) else day
    return (
        datetime.combine(day, span[0], zone).astimezone(UTC),
        datetime.combine(last, span[1], zone).astimezone(UTC),
    )


def _is_holiday(name: str, day: date) -> bool:
    return day in _holidays_of(name, day.year)


@lru_cache(maxsize=512)
def _holidays_of(name: str, year: int) -> frozenset[date]:
    country, _, part = name.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
