"""Parked deliveries: listing and replaying them."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.triage.api.schemas import page_of
from services.triage.current_deps import deps
from shared.events.parked import list_parked, replay_parked
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised
from shared.http.paging import PageArguments, decode, page
from shared.storage.database import autocommit


class ParkedSchema(ma.Schema):
    """A parked delivery."""

    id = fields.String(required=True)
    subscriber = fields.String(required=True)
    type = fields.String(required=True)
    ticket = fields.String(required=True, allow_none=True)
    failures = fields.Integer(required=True)
    error = fields.String(required=True, allow_none=True)
    occurred_at = fields.AwareDateTime(format="iso", required=True)
    parked_at = fields.AwareDateTime(format="iso", required=True)


class ReplayBody(ma.Schema):
    """Ids of parked deliveries; default: all."""

    ids = fields.List(fields.String(), load_default=None, allow_none=True)


class ReplayedSchema(ma.Schema):
    """The deliveries that were replayed."""

    ids = fields.List(fields.String(), required=True)
    replayed = fields.Integer(required=True)


blueprint = Blueprint("events", __name__, url_prefix="/v1/events", description="Parked events")


@blueprint.route("/parked")
@authorised("events.read")
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, page_of(ParkedSchema))
def parked(query: dict[str, Any]) -> dict[str, Any]:
    """Deliveries that failed too often and are parked"""
    key = decode(query["cursor"], (str,))
    with autocommit(deps().engine) as connection:
        found = list_parked(connection, query["limit"] + 1, str(key[0]) if key else None)
    return page(found, query["limit"], lambda one: (one.id,), vars)


@blueprint.route("/parked/replay", methods=["POST"])
@authorised("events.replay")
@blueprint.arguments(ReplayBody)
@blueprint.response(200, ReplayedSchema)
def replay(body: dict[str, Any]) -> dict[str, Any]:
    """Replay parked deliveries"""
    with deps().engine.begin() as connection:
        ids = replay_parked(connection, body["ids"])
    return {"ids": ids, "replayed": len(ids)}
