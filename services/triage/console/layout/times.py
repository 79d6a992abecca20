"""Times in short words, such as `2 h ago`; pages put the full time beside them."""

from datetime import datetime, timedelta
from typing import NamedTuple

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# Less time left than this is highlighted.
SOON = timedelta(hours=1)


class TimeLeft(NamedTuple):
    """The time left until an answer is due. `mood`: none, calm, soon or late."""

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
    if due is None:
        return TimeLeft("no deadline", "none")
    seconds = (due - now).total_seconds()
    if seconds < 0:
        return TimeLeft(f"{span(max(-seconds, _MINUTE))} late", "late")
    return TimeLeft(f"{span(max(seconds, _MINUTE))} left", "soon" if seconds < SOON.total_seconds() else "calm")


def age(at: datetime, now: datetime) -> str:
    """How long ago, without the word `ago`."""
    seconds = max(0.0, (now - at).total_seconds())
    return "now" if seconds < _MINUTE else span(seconds)


def ago(at: datetime, now: datetime) -> str:
    """How long ago: `just now`, `5 min ago`."""
    short = age(at, now)
    return "just now" if short == "now" else f"{short} ago"


def full(at: datetime) -> str:
    """Such as `Saturday 28 November 2026, 22:47:00 UTC`."""
    return f"{at:%A} {at.day} {at:%B %Y, %H:%M:%S} UTC"
