"""Service levels: plots by week, a table by team and category, and the same figures as CSV."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from services.triage.console.layout.layout import show_tabs
from services.triage.console.layout.times import span
from services.triage.console.reports.plots import Plot, plot_of
from services.triage.current_deps import deps
from services.triage.reports.service_level_rows import as_csv
from services.triage.reports.service_levels import HOUR, ServiceLevel, service_levels, summed
from services.triage.reports.weeks import DEFAULT_WEEKS, MOST_WEEKS, today, weeks
from shared.http.authorisation import authorised, principal
from shared.storage.database import autocommit


@dataclass(frozen=True)
class Weekly:
    """The sum of each week, and the plots of these sums."""

    levels: Sequence[ServiceLevel]
    volume: Plot
    answers: Plot
    misroutes: Plot
    help: Plot


def add_service_levels(blueprint: Blueprint) -> None:
    """The routes /reports/service-levels and /reports/service-levels.csv."""

    @blueprint.get("/reports/service-levels")
    @authorised("reports.read", by="session")
    def service_level_report() -> ResponseReturnValue:
        count, team, levels, mondays = _query()
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
        return render_template(
            "reports/service_levels.html",
            weekly=_weekly(levels, mondays),
            rows=_by_category(levels),
            total=summed(levels),
            count=count,
            chosen_team=team,
            teams=deps().settings.teams,
            count_text=_count_text,
            duration=_duration,
            current_page="reports",
        )

    @blueprint.get("/reports/service-levels.csv")
    @authorised("reports.read", by="session")
    def service_level_csv() -> ResponseReturnValue:
        _, team, levels, _ = _query()
        name = f"service-levels{f'-{team}' if team else ''}.csv"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(as_csv(levels), content_type="text/csv; charset=utf-8", headers=disposition)


def _query() -> tuple[int, str | None, list[ServiceLevel], list[date]]:
    """The number of weeks, the team (None: all), their service levels, and the Monday of each week."""
    count = min(max(request.args.get("weeks", DEFAULT_WEEKS, type=int), 1), MOST_WEEKS)
    given = request.args.get("team")
    team = given if given in deps().settings.teams else None
    with autocommit(deps().engine) as connection:
        now = today(connection)
        first, last = weeks(now, now - timedelta(weeks=count - 1), now)
        levels = service_levels(connection, first, last, team)
    return count, team, levels, [first + timedelta(weeks=number) for number in range(count)]


def _weekly(levels: Sequence[ServiceLevel], mondays: Sequence[date]) -> Weekly:
    sums = [
        summed([ServiceLevel(monday, "", ""), *(one for one in levels if one.week == monday)]) for monday in mondays
    ]
    labels = [f"{monday:%-d %b}" for monday in mondays]
    p90 = [float(one.answered.percentile(90) or 0) for one in sums]
    median = [float(one.answered.percentile(50) or 0) for one in sums]
    return Weekly(
        sums,
        plot_of(labels, [one.number("volume") for one in sums], [one.number("breached") for one in sums]),
        plot_of(labels, p90, median, unit=HOUR),
        plot_of(labels, [one.number("misrouted") for one in sums], [0] * len(sums)),
        plot_of(labels, [one.number("help_shown") for one in sums], [one.deflected for one in sums]),
    )


def _count_text(value: float) -> str:
    return f"{value:g}"


def _duration(seconds: float | None) -> str:
    return span(seconds) if seconds else "–"


def _by_category(levels: Sequence[ServiceLevel]) -> list[ServiceLevel]:
    def key_of(level: ServiceLevel) -> tuple[str, str]:
        return level.team, level.category

    return [summed(group, *key) for key, group in groupby(sorted(levels, key=key_of), key=key_of)]
