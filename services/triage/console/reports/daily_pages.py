"""The daily reports: an overview of yesterday, and a page and a CSV file each."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from services.triage.console.layout.layout import show_tabs
from services.triage.console.reports.daily_words import (
    BY_TITLES,
    NOBODY,
    change,
    format_of,
    plot_of_days,
    plot_title,
    words,
)
from services.triage.console.reports.plots import Plot
from services.triage.console.reports.report_list import endpoint_of
from services.triage.current_deps import deps
from services.triage.reports.daily.period import Period, presets
from services.triage.reports.daily.read_report import (
    Answer,
    Asked,
    make_query,
    offered_groupings,
    read_report,
    readable_teams,
)
from services.triage.reports.daily.registry import REPORTS
from services.triage.reports.daily.report import BYS, By, Query, Report
from services.triage.reports.service_level_rows import plain_cell
from shared.errors import Unprocessable
from shared.http.authorisation import authorised, principal

# The pictures of the overview show two weeks, so that a weekday can be compared with the one before.
SHOWN_DAYS = 14


@dataclass(frozen=True)
class Picture:
    """A report on the overview: yesterday's figures, those of the day before, and a plot."""

    report: Report
    answer: Answer
    plot: Plot
    href: str


def add_daily_reports(blueprint: Blueprint) -> None:
    """The routes /reports, /reports/<name> and /reports/<name>.csv."""

    @blueprint.get("/reports")
    @authorised("tickets.read", by="session")
    def reports() -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            team = _team_of_overview()
            query = _query(connection, Asked(team=team))
            pictures = [
                _picture(connection, report, query) for report in REPORTS.values() if principal().may(report.permission)
            ]
        return render_template(
            "reports/overview.html",
            pictures=pictures,
            day=query.today - timedelta(days=1),
            chosen_team=team,
            teams=readable_teams(principal(), deps().settings.teams),
            plot_title=plot_title,
            format_of=format_of,
            words=words,
            change=change,
            current_page="reports",
        )

    for report in REPORTS.values():
        _add_report(blueprint, report)


def _add_report(blueprint: Blueprint, report: Report) -> None:
    @blueprint.get(f"/reports/{report.name}", endpoint=endpoint_of(report))
    @authorised(report.permission, by="session")
    def page() -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            answer = read_report(connection, report, _query(connection, _asked()))
        return render_template("reports/daily.html", **_shown(answer), current_page="reports")

    @blueprint.get(f"/reports/{report.name}.csv", endpoint=f"{endpoint_of(report)}_csv")
    @authorised(report.permission, by="session")
    def file() -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            answer = read_report(connection, report, _query(connection, _asked()))
        name = f"{report.name}-{answer.query.period.first}-{answer.query.period.last}.csv"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(_as_csv(answer), content_type="text/csv; charset=utf-8", headers=disposition)


def _query(connection: Connection, asked: Asked) -> Query:
    ruleset = deps().rulesets.active(connection).compiled
    return make_query(connection, principal(), deps().settings.teams, ruleset, asked)


def _asked() -> Asked:
    """What the page's form asks for. Raises Unprocessable for what is no date, or no grouping."""
    given = {name: value for name, value in request.args.items() if value}
    by = given.get("by", BYS[0])
    if by not in BYS:
        raise Unprocessable({"by": [f"Choose from: {', '.join(BYS)}."]})
    filters = {name: given.get(name) for name in ("team", "category", "rule", "agent")}
    return Asked(_date(given, "from"), _date(given, "to"), next(one for one in BYS if one == by), **filters)


def _date(given: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(given[name]) if name in given else None
    except ValueError as error:
        raise Unprocessable({name: ["Not a valid date."]}) from error


def _team_of_overview() -> str | None:
    """The team that was chosen; without a choice the person's own, if it is one."""
    if "team" in request.args:
        return request.args["team"] or None
    own = [team for team in deps().settings.teams if team in principal().teams]
    return own[0] if len(own) == 1 else None


def _picture(connection: Connection, report: Report, query: Query) -> Picture:
    yesterday = query.today - timedelta(days=1)
    answer = read_report(connection, report, replace(query, period=Period(yesterday, yesterday)))
    shown = Period(query.today - timedelta(days=SHOWN_DAYS), yesterday)
    by_day = report.read(connection, replace(query, period=shown)).by_day
    days = [{"day": day, **report.nothing, **by_day.get(day, {})} for day in shown.days]
    link: dict[str, Any] = {"from": yesterday.isoformat(), "to": yesterday.isoformat()}
    if len(query.teams) == 1:
        link["team"] = query.teams[0]
    return Picture(report, answer, plot_of_days(report, days), url_for(f"console.{endpoint_of(report)}", **link))


def _shown(answer: Answer) -> dict[str, Any]:
    """What the template of a report shows."""
    query, report = answer.query, answer.report
    filters = {name: value for name, value in request.args.items() if value and name not in ("from", "to")}

    def link(period: Period, file: bool = False, **more: str) -> str:
        values: dict[str, Any] = {**filters, "from": period.first.isoformat(), "to": period.last.isoformat(), **more}
        return url_for(f"console.{endpoint_of(report)}{'_csv' if file else ''}", **values)

    return {
        "answer": answer,
        "report": report,
        "query": query,
        "plot": plot_of_days(report, answer.days),
        "plot_title": plot_title,
        "format_of": format_of,
        "link": link,
        "presets": presets(query.today),
        "groupings": {by: BY_TITLES[by] for by in offered_groupings(principal())},
        "nobody": NOBODY[query.by],
        "teams": readable_teams(principal(), deps().settings.teams),
        "given": request.args,
        "words": words,
        "change": change,
    }


def _as_csv(answer: Answer) -> str:
    """CSV as of RFC 4180, with a header line; times in whole seconds. A row for each key, or with `rows=days` for each day."""
    names = [figure.name for figure in answer.report.figures]
    if request.args.get("rows") == "days":
        return _lines(["day", *names], ([day["day"], *(day[name] for name in names)] for day in answer.days))
    keys: list[By | str] = [answer.query.by] if answer.query.by != "agent" else ["agent", "name"]
    rows = ([*_keys(item, len(keys)), *(item[name] for name in names)] for item in answer.items)
    return _lines([*keys, *names], rows)


def _keys(item: Mapping[str, Any], count: int) -> list[Any]:
    return [item["key"], item.get("name")][:count]


def _lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(header)
    writer.writerows([plain_cell(value) for value in row] for row in rows)
    return file.getvalue()
