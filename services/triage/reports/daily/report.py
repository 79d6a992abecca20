"""What a daily report is: its figures, and how they are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from sqlalchemy import Connection

from services.triage.reports.daily.period import Period
from shared.auth.principal import Permission

By = Literal["team", "category", "rule", "agent"]
BYS: tuple[By, ...] = get_args(By)
Kind = Literal["count", "duration", "share"]
Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Figure:
    """A figure of a report: its name in the API, its heading, and what it is. Durations are in seconds, shares from 0 on; None: none."""

    name: str
    title: str
    kind: Kind = "count"


@dataclass(frozen=True)
class Query:
    """What is asked of a report: days, grouping, the teams that may be read, and filters (None: all).

    `category`: a path, and all below it; `agent`: an account. `today` and `timezone`: those of the reader's question, for what is
    counted at this moment. `with_days`: whether the figures of each day are wanted, too.
    """

    period: Period
    by: By
    teams: Sequence[str]
    today: date
    timezone: str = "UTC"
    category: str | None = None
    rule: str | None = None
    agent: str | None = None
    with_days: bool = True

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of the reports' statements."""
        return {
            "first": self.period.first,
            "last": self.period.last,
            "teams": list(self.teams),
            "category": self.category,
            "rule": self.rule,
            "agent": self.agent,
            "timezone": self.timezone,
        }


@dataclass(frozen=True)
class Found:
    """Figures by key (None: no rule, no agent), of all together, and by day."""

    by_key: Mapping[str | None, Figures]
    total: Figures
    by_day: Mapping[date, Figures] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """A daily report. `drawn`: the figure of the bars, and the one that is drawn darker (or none); the first is also its main figure.

    `definition`: one sentence that says what is counted. `permission`: who reads it.
    """

    name: str
    title: str
    definition: str
    figures: Sequence[Figure]
    drawn: tuple[str, str | None]
    read: Callable[[Connection, Query], Found]
    permission: Permission = "tickets.read"

    @property
    def main(self) -> Figure:
        """The figure that is compared with the period before."""
        return next(figure for figure in self.figures if figure.name == self.drawn[0])

    @property
    def part(self) -> Figure | None:
        """The figure that is drawn as a part of the main one, or beside it."""
        return next((figure for figure in self.figures if figure.name == self.drawn[1]), None)

    @property
    def nothing(self) -> dict[str, Any]:
        """The figures of a day or a period in which nothing happened."""
        return {figure.name: 0 if figure.kind == "count" else None for figure in self.figures}
