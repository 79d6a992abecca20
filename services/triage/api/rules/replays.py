"""Replays of rulesets on past tickets."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields, validate

from services.triage.api.schemas import page_of
from services.triage.current_deps import deps
from services.triage.replays.changed_tickets import changed_tickets
from services.triage.replays.saved import LONGEST_DAYS, cancel_replay, find_replay, start_replay
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
from shared.http.paging import PageArguments, decode, page
from shared.storage.database import autocommit

_STATES = ["queued", "running", "done", "cancelled", "failed"]


class ReplayDaysBody(ma.Schema):
    """The days before now whose tickets are replayed."""

    days = fields.Integer(load_default=30, strict=True, validate=validate.Range(1, LONGEST_DAYS))


class StartedSchema(ma.Schema):
    """The new replay."""

    id = fields.UUID(required=True)


def _pairs(name: str, kind: type[fields.Field[Any]]) -> fields.Field[Any]:
    members: dict[str, Any] = {
        "from": kind(required=True, metadata={"description": "The decision of that time."}),
        "to": kind(required=True, metadata={"description": "The decision of the ruleset."}),
        "count": fields.Integer(required=True),
    }
    return fields.List(fields.Nested(type(f"{name}PairSchema", (ma.Schema,), members)), required=True)


class ProgressSchema(ma.Schema):
    """The number of tickets replayed so far, and of all."""

    done = fields.Integer(required=True)
    total = fields.Integer(required=True)


class AgreementSchema(ma.Schema):
    """The share of resolved tickets routed to the team that resolved them; null if none is resolved."""

    then = fields.Float(required=True, allow_none=True)
    draft = fields.Float(required=True, allow_none=True)


class ReplaySchema(ma.Schema):
    """A replay, and its figures so far."""

    id = fields.UUID(required=True)
    ruleset = fields.Integer(required=True)
    days = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(_STATES))
    progress = fields.Nested(ProgressSchema, required=True)
    matrix = _pairs("ReplayedTeam", fields.String)
    changed = fields.Integer(required=True)
    priorities = _pairs("ReplayedPriority", fields.String)
    holds = _pairs("ReplayedHold", fields.Boolean)
    agreement = fields.Nested(AgreementSchema, required=True)
    created_by = fields.String(required=True)
    created_at = fields.AwareDateTime(format="iso", required=True)
    finished_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)


# `from` is a keyword and cannot be a class attribute.
ReplayChangeSchema = type(
    "ReplayChangeSchema",
    (ma.Schema,),
    {
        "number": fields.Integer(required=True),
        "reference": fields.String(required=True),
        "category": fields.String(required=True),
        "created_at": fields.AwareDateTime(format="iso", required=True),
        "from": fields.String(required=True, metadata={"description": "The team of that time."}),
        "to": fields.String(required=True, metadata={"description": "The team by the ruleset."}),
        "changes": fields.Dict(keys=fields.String(), required=True),
        "why": fields.Dict(keys=fields.String(), required=True),
    },
)


blueprint = Blueprint("replays", __name__, url_prefix="/v1", description="Replays of rulesets on past tickets")


@blueprint.route("/rulesets/<int:number>/replay", methods=["POST"])
@authorised("rules.write")
@blueprint.arguments(ReplayDaysBody)
@blueprint.response(202, StartedSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def start(body: dict[str, Any], number: int) -> dict[str, UUID]:
    """Replay a ruleset on the tickets of the last days"""
    with deps().engine.begin() as connection:
        return {"id": start_replay(connection, number, body["days"], principal().name)}


@blueprint.route("/replays/<uuid:replay>")
@authorised("rules.read")
@blueprint.response(200, ReplaySchema)
@blueprint.alt_response(404, "NOT_FOUND")
def show(replay: UUID) -> dict[str, Any]:
    """A replay and its figures so far"""
    with autocommit(deps().engine) as connection:
        return find_replay(connection, replay).as_document()


@blueprint.route("/replays/<uuid:replay>/changes")
@authorised("rules.read")
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, page_of(ReplayChangeSchema))
@blueprint.alt_response(404, "NOT_FOUND")
def changes(query: dict[str, Any], replay: UUID) -> dict[str, Any]:
    """The tickets with another decision, with the reasons"""
    key = decode(query["cursor"], (int,))
    with autocommit(deps().engine) as connection:
        found = changed_tickets(connection, deps().rulesets, replay, int(key[0]) if key else 0, query["limit"] + 1)
    return page(found, query["limit"], lambda one: (one["number"],), lambda one: one)


@blueprint.route("/replays/<uuid:replay>", methods=["DELETE"])
@authorised("rules.write")
@blueprint.response(204)
@blueprint.alt_response(404, "NOT_FOUND")
def cancel(replay: UUID) -> None:
    """Cancel a replay; a finished one stays as it is"""
    with deps().engine.begin() as connection:
        cancel_replay(connection, replay)
