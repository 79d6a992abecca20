"""Figures of daily reports in words, and as shapes. Pure."""

from collections.abc import Callable, Mapping, Sequence

from services.triage.console.reports.plots import Plot, plot_of
from services.triage.reports.daily.report import By, Figures, Kind, Report

BY_TITLES: Mapping[By, str] = {"team": "Team", "category": "Topic", "rule": "Rule", "agent": "Agent"}
NOBODY: Mapping[By, str] = {
    "team": "no team",
    "category": "no topic",
    "rule": "no rule: by its topic",
    "agent": "nobody",
}

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_UNITS = ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min"))
_MORE: Mapping[Kind, tuple[str, str]] = {
    "count": ("more", "fewer"),
    "duration": ("longer", "shorter"),
    "share": ("more", "less"),
}


def words(value: float | None, kind: Kind = "count") -> str:
    """A figure: `1,204`, `2 h 30 min`, `25 %`; a dash where there is none."""
    if value is None:
        return "–"
    if kind == "duration":
        return duration(value)
    return f"{100 * value:.0f} %" if kind == "share" else f"{value:,.0f}"


def duration(seconds: float) -> str:
    """A length of time in its two largest units; days have 24 hours."""
    left = round(seconds)
    if left < _MINUTE:
        return f"{left} s"
    found: list[tuple[int, str]] = []
    for size, name in _UNITS:
        if left >= size or found:
            found.append((left // size, name))
            left %= size
    return " ".join(f"{number} {name}" for number, name in found[:2] if number)


def change(now: float | None, before: float | None, kind: Kind = "count") -> str:
    """How a figure changed: `3 fewer`, `1 h longer`, `the same`; empty where one is missing."""
    if now is None or before is None:
        return ""
    difference = now - before
    if kind == "share":
        difference = round(difference, 2)
    if not difference:
        return "the same"
    more, less = _MORE[kind]
    size = f"{100 * abs(difference):.0f} points" if kind == "share" else words(abs(difference), kind)
    return f"{size} {more if difference > 0 else less}"


def plot_of_days(report: Report, days: Sequence[Figures]) -> Plot:
    """A bar a day of the report's main figure, with its part."""
    unit = _HOUR if report.main.kind == "duration" else 1
    return plot_of(
        [f"{one['day']:%-d %b}" for one in days],
        [float(one[report.main.name] or 0) for one in days],
        [float(one[report.part.name] or 0) if report.part else 0.0 for one in days],
        unit=unit,
    )


def plot_title(report: Report) -> str:
    """The heading of its plot."""
    return f"{report.title}, in hours" if report.main.kind == "duration" else report.title


def format_of(report: Report) -> Callable[[float], str]:
    """How the values of its bars are written; a day without any waiting time has a bar of height 0."""
    kind = report.main.kind
    return lambda value: words(value or None if kind == "duration" else value, kind)
