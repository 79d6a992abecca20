"""The report on notes that the help made unnecessary."""

from typing import Any

import marshmallow as ma

from services.triage.current_deps import deps
from services.triage.reports.deflection import METHOD, deflection
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised
from shared.storage.database import autocommit


class DeflectionQuery(ma.Schema):
    """The days of the report."""

    days = ma.fields.Integer(
        load_default=30,
        validate=ma.validate.Range(1, 366),
        metadata={"description": "The number of days, including today."},
    )


class DeflectionRow(ma.Schema):
    """How often each step was reached at one path."""

    path = ma.fields.String(required=True)
    shown = ma.fields.Integer(required=True)
    solved = ma.fields.Integer(required=True)
    went_on = ma.fields.Integer(required=True)
    submitted = ma.fields.Integer(required=True)
    came_back = ma.fields.Integer(required=True)


class DeflectionSchema(ma.Schema):
    """All paths whose help was shown, and how it was counted."""

    items = ma.fields.List(ma.fields.Nested(DeflectionRow), required=True)
    days = ma.fields.Integer(required=True)
    method = ma.fields.String(required=True)


blueprint = Blueprint(
    "deflection", __name__, url_prefix="/v1/reports", description="Notes that the help made unnecessary"
)


@blueprint.route("/deflection")
@authorised("reports.read")
@blueprint.arguments(DeflectionQuery, location="query")
@blueprint.response(200, DeflectionSchema)
def get_deflection(query: dict[str, int]) -> dict[str, Any]:
    """How often the help made a note unnecessary, by path"""
    with autocommit(deps().engine) as connection:
        return {"items": deflection(connection, query["days"]), "days": query["days"], "method": METHOD}
