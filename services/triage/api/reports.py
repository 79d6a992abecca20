"""Reports on misroutes, service levels, and notes that the help made unnecessary."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.triage.api.schemas import items_of
from services.triage.current_deps import deps
from services.triage.reports.deflection import METHOD, deflection
from services.triage.reports.misroutes import misroutes
from services.triage.reports.service_level_rows import as_row
from services.triage.reports.service_levels import service_levels
from services.triage.reports.weeks import today, weeks
from services.triage.tickets.teams import require_team
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised
from shared.storage.database import autocommit


class ReportQuery(ma.Schema):
    """The days before now."""

    days = fields.Integer(load_default=30, validate=validate.Range(1, 365))


class TellingWordSchema(ma.Schema):
    """A word that is frequent in moved tickets, with the number of moved and of other tickets that have it."""

    word = fields.String(required=True)
    moved = fields.Integer(required=True, attribute="here")
    stayed = fields.Integer(required=True, attribute="elsewhere")


class MovedSchema(ma.Schema):
    """The number of tickets that were moved to a team."""

    team = fields.String(required=True)
    count = fields.Integer(required=True)


class SatisfactionCountsSchema(ma.Schema):
    """The e-mails that asked how a resolution was and were sent, and their answers."""

    sent = fields.Integer(required=True)
    answered = fields.Integer(required=True)
    good = fields.Integer(required=True)
    bad = fields.Integer(required=True)


class MisrouteSchema(ma.Schema):
    """A path and a rule whose tickets were transferred with the cause wrong_team."""

    category = fields.String(required=True)
    rule = fields.String(required=True, allow_none=True, metadata={"description": "null: routed by the path."})
    team = fields.String(required=True, metadata={"description": "The team that they were routed to."})
    placed = fields.Integer(required=True, attribute="routed")
    moved = fields.Integer(required=True)
    share = fields.Float(required=True)
    targets = fields.List(fields.Nested(MovedSchema), required=True)
    words = fields.List(fields.Nested(TellingWordSchema), required=True)
    satisfaction = fields.Nested(SatisfactionCountsSchema, required=True)


class LevelQuery(ma.Schema):
    """Weeks and team. `from` and `to`: any day (UTC) of the first and the last week."""

    since = fields.Date(
        data_key="from", load_default=None, metadata={"description": "Default: seven weeks before `to`."}
    )
    until = fields.Date(data_key="to", load_default=None, metadata={"description": "Default: today."})
    team = fields.String(load_default=None)


class WaitingSchema(ma.Schema):
    """How long requesters waited for the team, in its working hours, without the times when it waited for them."""

    count = fields.Integer(required=True)
    mean_seconds = fields.Float(required=True, allow_none=True)
    half_within_seconds = fields.Integer(required=True, allow_none=True, metadata={"description": "The median."})
    most_within_seconds = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The 90th percentile."}
    )


class LevelSchema(ma.Schema):
    """The figures of one week (named by its Monday), team and path."""

    week = fields.Date(required=True)
    team = fields.String(required=True)
    category = fields.String(required=True)
    volume = fields.Integer(required=True)
    breached = fields.Integer(required=True)
    misrouted = fields.Integer(required=True)
    help_shown = fields.Integer(required=True)
    help_spared = fields.Integer(required=True)
    first_answer = fields.Nested(WaitingSchema, required=True)
    resolution = fields.Nested(WaitingSchema, required=True)


class DeflectionQuery(ma.Schema):
    """The days of the report."""

    days = fields.Integer(
        load_default=30,
        validate=validate.Range(1, 366),
        metadata={"description": "The number of days, including today."},
    )


class DeflectionRow(ma.Schema):
    """How often each step was reached at one path."""

    path = fields.String(required=True)
    shown = fields.Integer(required=True)
    solved = fields.Integer(required=True)
    went_on = fields.Integer(required=True)
    submitted = fields.Integer(required=True)
    came_back = fields.Integer(required=True)


class DeflectionSchema(ma.Schema):
    """All paths whose help was shown, and how it was counted."""

    items = fields.List(fields.Nested(DeflectionRow), required=True)
    days = fields.Integer(required=True)
    method = fields.String(required=True)


blueprint = Blueprint("reports", __name__, url_prefix="/v1/reports", description="Reports")


@blueprint.route("/misroutes")
@authorised("reports.read")
@blueprint.arguments(ReportQuery, location="query")
@blueprint.response(200, items_of(MisrouteSchema))
def show_misroutes(query: dict[str, Any]) -> dict[str, Any]:
    """Paths and rules with tickets that were transferred as misrouted, most first"""
    with autocommit(deps().engine) as connection:
        return {"items": misroutes(connection, query["days"]), "next_cursor": None}


@blueprint.route("/service-levels")
@authorised("reports.read")
@blueprint.arguments(LevelQuery, location="query")
@blueprint.response(200, items_of(LevelSchema))
@blueprint.alt_response(404, "NOT_FOUND")
def show_service_levels(query: dict[str, Any]) -> dict[str, Any]:
    """Volume, first answers, resolutions, breaches, misroutes and deflection by week, team and path"""
    if query["team"] is not None:
        require_team(query["team"], deps().settings.teams)
    with autocommit(deps().engine) as connection:
        first, last = weeks(today(connection), query["since"], query["until"])
        levels = service_levels(connection, first, last, query["team"])
    return {"items": [as_row(level) for level in levels], "next_cursor": None}


@blueprint.route("/deflection")
@authorised("reports.read")
@blueprint.arguments(DeflectionQuery, location="query")
@blueprint.response(200, DeflectionSchema)
def get_deflection(query: dict[str, int]) -> dict[str, Any]:
    """How often the help made a note unnecessary, by path"""
    with autocommit(deps().engine) as connection:
        return {"items": deflection(connection, query["days"]), "days": query["days"], "method": METHOD}
