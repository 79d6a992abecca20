"""The daily reports, an operation each."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from services.triage.current_deps import deps
from services.triage.reports.daily.read_report import Answer, Asked, make_query, read_report
from services.triage.reports.daily.registry import REPORTS
from services.triage.reports.daily.report import BYS, Figure, Report
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal

TEAM_ONLY = "Of agents: leads, of their own teams."


class DailyReportQuery(ma.Schema):
    """Days, grouping and filters. Days are those of the team's calendar."""

    first = fields.Date(data_key="from", load_default=None, metadata={"description": "Default: 29 days before `to`."})
    last = fields.Date(data_key="to", load_default=None, metadata={"description": "Default: today."})
    by = fields.String(load_default="team", validate=validate.OneOf(BYS), metadata={"description": TEAM_ONLY})
    team = fields.String(load_default=None)
    category = fields.String(load_default=None, metadata={"description": "A path, and all below it."})
    rule = fields.String(load_default=None, metadata={"description": "The rule that chose the team."})
    agent = fields.String(load_default=None, metadata={"description": f"An e-mail address. {TEAM_ONLY}"})


def _field(figure: Figure) -> fields.Field[Any]:
    told = {"description": f"{figure.title}, in seconds." if figure.kind == "duration" else figure.title}
    if figure.kind == "share":
        return fields.Float(required=True, allow_none=True, metadata=told)
    return fields.Integer(required=True, allow_none=figure.kind == "duration", metadata=told)


def _schema(report: Report) -> type[ma.Schema]:
    """The schema of a report's answer, made of its figures."""
    name = "".join(word.capitalize() for word in report.name.split("-"))
    figures: Mapping[str, Any] = {figure.name: _field(figure) for figure in report.figures}
    key = fields.String(required=True, allow_none=True, metadata={"description": "null: no rule, no agent."})
    item = {"key": key, "name": fields.String(metadata={"description": "Of an agent."}, allow_none=True), **figures}
    total = type(f"{name}TotalSchema", (ma.Schema,), dict(figures))
    members: dict[str, Any] = {
        "items": fields.List(fields.Nested(type(f"{name}ItemSchema", (ma.Schema,), item)), required=True),
        "next_cursor": fields.String(allow_none=True, required=True),
        "total": fields.Nested(total, required=True),
        "previous": fields.Nested(total, required=True, metadata={"description": "Of as many days directly before."}),
        "days": fields.List(
            fields.Nested(type(f"{name}DaySchema", (ma.Schema,), {"day": fields.Date(required=True), **figures})),
            required=True,
        ),
        "timezone": fields.String(required=True),
    }
    period: Mapping[str, Any] = {"from": fields.Date(required=True), "to": fields.Date(required=True)}
    return type(f"{name}ReportSchema", (ma.Schema,), {**members, **period})


blueprint = Blueprint("daily-reports", __name__, url_prefix="/v1/reports", description="Reports")


def _add(report: Report) -> None:
    @blueprint.route(f"/{report.name}", endpoint=report.name)
    @authorised(report.permission)
    @blueprint.arguments(DailyReportQuery, location="query")
    @blueprint.response(200, _schema(report))
    @blueprint.alt_response(404, "NOT_FOUND")
    @blueprint.doc(summary=report.title, description=report.definition)
    def show(query: dict[str, Any]) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            ruleset = deps().rulesets.active(connection).compiled
            asked = make_query(connection, principal(), deps().settings.teams, ruleset, Asked(**query))
            return _as_document(read_report(connection, report, asked))


def _as_document(answer: Answer) -> dict[str, Any]:
    query = answer.query
    return {
        "items": answer.items,
        "next_cursor": None,
        "total": answer.total,
        "previous": answer.previous,
        "days": answer.days,
        "from": query.period.first,
        "to": query.period.last,
        "timezone": query.timezone,
    }


for _report in REPORTS.values():
    _add(_report)
