"""Reports."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.triage.api.context import Context
from services.triage.api.schemas import items_of
from services.triage.reports.misroutes import misroutes
from shared.db import autocommit
from shared.web.arguments import Blueprint
from shared.web.bearer import authorised


class ReportQuery(ma.Schema):
    """How far back."""

    days = fields.Integer(load_default=30, validate=validate.Range(1, 365))


class TellingWordSchema(ma.Schema):
    """A word of the moved notes, and in how many of them and of those that stayed it is."""

    word = fields.String(required=True)
    moved = fields.Integer(required=True, attribute="here")
    stayed = fields.Integer(required=True, attribute="elsewhere")


class MovedSchema(ma.Schema):
    """How many went to a team."""

    team = fields.String(required=True)
    count = fields.Integer(required=True)


class MisrouteSchema(ma.Schema):
    """A path and a rule whose notes were moved on as another team's."""

    category = fields.String(required=True)
    rule = fields.String(
        required=True, allow_none=True, metadata={"description": "null: no rule, the path's own team."}
    )
    team = fields.String(required=True, metadata={"description": "Where they were placed."})
    placed = fields.Integer(required=True)
    moved = fields.Integer(required=True)
    share = fields.Float(required=True)
    targets = fields.List(fields.Nested(MovedSchema), required=True)
    words = fields.List(fields.Nested(TellingWordSchema), required=True)


def make_blueprint(context: Context) -> Blueprint:
    """The routes about reports."""
    blueprint = Blueprint("reports", __name__, url_prefix="/v1/reports", description="Reports")

    @blueprint.route("/misroutes")
    @authorised("reports.read")
    @blueprint.arguments(ReportQuery, location="query")
    @blueprint.response(200, items_of(MisrouteSchema))
    def show_misroutes(query: dict[str, Any]) -> dict[str, Any]:
        """Paths and rules whose notes were moved on as the wrong team's, the worst first"""
        with autocommit(context.engine) as connection:
            return {"items": misroutes(connection, query["days"]), "next_cursor": None}

    return blueprint
