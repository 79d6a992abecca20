"""How the console says times: short, as people do; the full time is in the tooltip and for machines."""

from datetime import datetime, timedelta
from typing import NamedTuple

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# From here on the time left is shown as pressing.
SOON = timedelta(hours=1)


class TimeLeft(NamedTuple):
    """What is left until an answer is due. `mood`: none, calm, soon or late."""

    words: str
    mood: str


def span(seconds: float) -> str:
    """A length of time in its largest unit: `40 s`, `37 min`, `2 h`, `3 d`."""
    whole = int(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min"
    if whole < 2 * _DAY:
        return f"{whole // _HOUR} h"
    return f"{whole // _DAY} d"


def time_left(due: datetime | None, now: datetime) -> TimeLeft:
    """How long until `due`."""
    if due is None:
        return TimeLeft("no deadline", "none")
    seconds = (due - now).total_seconds()
    if seconds < 0:
        return TimeLeft(f"{span(max(-seconds, _MINUTE))} late", "late")
    return TimeLeft(f"{span(max(seconds, _MINUTE))} left", "soon" if seconds < SOON.total_seconds() else "calm")


def age(at: datetime, now: datetime) -> str:
    """How long ago, without the word."""
    seconds = max(0.0, (now - at).total_seconds())
    return "now" if seconds < _MINUTE else span(seconds)


def ago(at: datetime, now: datetime) -> str:
    """How long ago, as a phrase."""
    said = age(at, now)
    return "just now" if said == "now" else f"{said} ago"


def full(at: datetime) -> str:
    """The whole moment."""
    return f"{at:%A} {at.day} {at:%B %Y, %H:%M:%S} UTC"
