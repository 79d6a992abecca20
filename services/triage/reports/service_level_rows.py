"""Service levels as rows of the API and as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from services.triage.reports.service_levels import ServiceLevel, Waiting

_COLUMNS = ("week", "team", "category", "volume", "breached", "misrouted", "help_shown", "help_spared")
_WAITING = ("count", "mean_seconds", "half_within_seconds", "most_within_seconds")
# A spreadsheet runs a cell that starts with one of these as a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_row(level: ServiceLevel) -> dict[str, Any]:
    """The API's object for a service level; times in seconds."""
    return {
        "week": level.week,
        "team": level.team,
        "category": level.category,
        "volume": level.number("volume"),
        "breached": level.number("breached"),
        "misrouted": level.number("misrouted"),
        "help_shown": level.number("help_shown"),
        "help_spared": level.deflected,
        "first_answer": _waiting(level.answered),
        "resolution": _waiting(level.resolved),
    }


def as_csv(levels: Iterable[ServiceLevel]) -> str:
    """CSV as of RFC 4180, with a header line; times in whole seconds."""
    file = io.StringIO()
    writer = csv.writer(file)
    names = [f"{clock}_{name}" for clock in ("first_answer", "resolution") for name in _WAITING]
    writer.writerow([*_COLUMNS, *names])
    for level in levels:
        row = as_row(level)
        clocks = [row[clock][name] for clock in ("first_answer", "resolution") for name in _WAITING]
        writer.writerow([plain_cell(row[name]) for name in _COLUMNS] + clocks)
    return file.getvalue()


def _waiting(waiting: Waiting) -> Mapping[str, float | None]:
    return {
        "count": waiting.count,
        "mean_seconds": round(waiting.seconds / waiting.count) if waiting.count else None,
        "half_within_seconds": waiting.percentile(50),
        "most_within_seconds": waiting.percentile(90),
    }


def plain_cell(value: object) -> object:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
