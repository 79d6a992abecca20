"""Lengths of time as a ruleset writes them: "8h", "30m", "2d", "1d12h"."""

import re

_WRITTEN = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,7})s)?", re.ASCII)
_SECONDS = (86_400, 3_600, 60, 1)
MAX_SECONDS = 365 * 86_400


def seconds_of(written: object) -> int | None:
    """The length in seconds; None when it is not written as d, h, m, s in that order, is zero or beyond a year.

    A day is 24 hours of the clock that counts: with a calendar, 24 working hours.
    """
    match = _WRITTEN.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        return None
    seconds = sum(int(number or 0) * unit for number, unit in zip(match.groups(), _SECONDS, strict=True))
    return seconds if 0 < seconds <= MAX_SECONDS else None
