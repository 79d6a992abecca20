"""Service levels at the console: plots by week, a table by team and path, and the same as CSV."""

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
from services.triage.reports.level_rows import as_csv
from services.triage.reports.service_counts import HOUR, Level, service_levels, summed
from services.triage.reports.weeks import MOST, USUAL, today, weeks
from shared.http.authorisation import authorised, principal
from shared.storage.database import autocommit


@dataclass(frozen=True)
class Weekly:
    """Each week's sum, and the plots made of them."""

    levels: Sequence[Level]
    volume: Plot
    answers: Plot
    misroutes: Plot
    help: Plot


def add_service_levels(blueprint: Blueprint) -> None:
    """The routes /reports and /reports/service-levels.csv."""

    @blueprint.get("/reports")
    @authorised("reports.read", by="session")
    def reports() -> ResponseReturnValue:
        count, team, levels, mondays = _asked()
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
        return render_template(
            "reports/service_levels.html",
            weekly=_weekly(levels, mondays),
            rows=_by_path(levels),
            total=summed(levels),
            count=count,
            team=team,
            teams=deps().settings.teams,
            tally=_tally,
            lasted=_lasted,
            place="reports",
        )

    @blueprint.get("/reports/service-levels.csv")
    @authorised("reports.read", by="session")
    def service_level_csv() -> ResponseReturnValue:
        _, team, levels, _ = _asked()
        name = f"service-levels{f'-{team}' if team else ''}.csv"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(as_csv(levels), content_type="text/csv; charset=utf-8", headers=disposition)


def _asked() -> tuple[int, str | None, list[Level], list[date]]:
    """How many weeks, whose, their levels, and their Mondays."""
    count = min(max(request.args.get("weeks", USUAL, type=int), 1), MOST)
    given = request.args.get("team")
    team = given if given in deps().settings.teams else None
    with autocommit(deps().engine) as connection:
        now = today(connection)
        first, last = weeks(now, now - timedelta(weeks=count - 1), now)
        levels = service_levels(connection, first, last, team)
    return count, team, levels, [first + timedelta(weeks=number) for number in range(count)]


def _weekly(levels: Sequence[Level], mondays: Sequence[date]) -> Weekly:
    sums = [summed([Level(monday, "", ""), *(one for one in levels if one.week == monday)]) for monday in mondays]
    labels = [f"{monday:%-d %b}" for monday in mondays]
    most = [float(one.answered.within(0.9) or 0) for one in sums]
    half = [float(one.answered.within(0.5) or 0) for one in sums]
    return Weekly(
        sums,
        plot_of(labels, [one.number("volume") for one in sums], [one.number("breached") for one in sums]),
        plot_of(labels, most, half, unit=HOUR),
        plot_of(labels, [one.number("misrouted") for one in sums], [0] * len(sums)),
        plot_of(labels, [one.number("help_shown") for one in sums], [one.spared for one in sums]),
    )


def _tally(value: float) -> str:
    return f"{value:g}"


def _lasted(seconds: float | None) -> str:
    return span(seconds) if seconds else "–"


def _by_path(levels: Sequence[Level]) -> list[Level]:
    def place(level: Level) -> tuple[str, str]:
        return level.team, level.category

    return [summed(group, *key) for key, group in groupby(sorted(levels, key=place), key=place)]
