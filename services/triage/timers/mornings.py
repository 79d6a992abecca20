"""Mornings, at which what was put off begins again. Pure."""

from datetime import datetime, time, timedelta

MORNING = time(9)


def morning(here: datetime, days: int) -> datetime:
    """9:00 so many days after `here`, by the clock on the wall of its time zone."""
    return datetime.combine(here.date() + timedelta(days=days), MORNING, here.tzinfo)


def monday_morning(here: datetime) -> datetime:
    """9:00 on the next Monday; of a Monday, a week later."""
    return morning(here, 7 - here.weekday())
