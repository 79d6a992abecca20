"""A service level as a row: for the API, and as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from services.triage.reports.service_counts import Level, Waiting

_COLUMNS = ("week", "team", "category", "volume", "breached", "misrouted", "help_shown", "help_spared")
_WAITING = ("count", "mean_seconds", "half_within_seconds", "most_within_seconds")
# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_row(level: Level) -> dict[str, Any]:
    """The level with plain values."""
    return {
        "week": level.week,
        "team": level.team,
        "category": level.category,
        "volume": level.number("volume"),
        "breached": level.number("breached"),
        "misrouted": level.number("misrouted"),
        "help_shown": level.number("help_shown"),
        "help_spared": level.spared,
        "first_answer": _waiting(level.answered),
        "resolution": _waiting(level.resolved),
    }


def as_csv(levels: Iterable[Level]) -> str:
    """RFC 4180, with a line of names; seconds in whole numbers."""
    file = io.StringIO()
    writer = csv.writer(file)
    names = [f"{clock}_{name}" for clock in ("first_answer", "resolution") for name in _WAITING]
    writer.writerow([*_COLUMNS, *names])
    for level in levels:
        row = as_row(level)
        clocks = [row[clock][name] for clock in ("first_answer", "resolution") for name in _WAITING]
        writer.writerow([_plain(row[name]) for name in _COLUMNS] + clocks)
    return file.getvalue()


def _waiting(waiting: Waiting) -> Mapping[str, float | None]:
    return {
        "count": waiting.count,
        "mean_seconds": round(waiting.seconds / waiting.count) if waiting.count else None,
        "half_within_seconds": waiting.within(0.5),
        "most_within_seconds": waiting.within(0.9),
    }


def _plain(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
