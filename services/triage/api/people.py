"""The caller's own account, and the owner of a ticket."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.triage.api.schemas import is_boolean
from services.triage.api.tickets.schemas import TicketDetailSchema
from services.triage.current_deps import deps
from services.triage.owners.away import is_away, set_away
from services.triage.owners.set_owner import set_owner
from services.triage.tickets.read_ticket import ticket_as_it_is
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
from shared.storage.database import autocommit

blueprint = Blueprint("people", __name__, url_prefix="/v1", description="Oneself, and owners of tickets")


class MeSchema(ma.Schema):
    """An account, as its owner sees it."""

    id = fields.UUID(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)
    teams = fields.List(fields.String(), required=True)
    away = fields.Boolean(required=True, metadata={"description": "Nothing is reserved for somebody who is away."})


class AwayBody(ma.Schema):
    """Whether one is away."""

    away = fields.Raw(required=True, validate=is_boolean, metadata={"type": "boolean"})


class OwnerBody(ma.Schema):
    """Who is to own the ticket; null: nobody."""

    email = fields.String(required=True, allow_none=True)


@blueprint.route("/me")
@authorised("tickets.read")
@blueprint.response(200, MeSchema)
def show_me() -> dict[str, Any]:
    """My account"""
    with autocommit(deps().engine) as connection:
        return _me(is_away(connection, principal().id))


@blueprint.route("/me", methods=["PUT"])
@authorised("tickets.write")
@blueprint.arguments(AwayBody)
@blueprint.response(200, MeSchema)
def put_me(body: dict[str, Any]) -> dict[str, Any]:
    """Be away, or back"""
    with deps().engine.begin() as connection:
        set_away(connection, principal().id, body["away"])
    return _me(body["away"])


@blueprint.route("/tickets/<reference>/owner", methods=["PUT"])
@authorised("tickets.write")
@blueprint.arguments(OwnerBody)
@blueprint.response(200, TicketDetailSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def put_owner(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Give the ticket to a person, or to nobody"""
    with deps().engine.begin() as connection:
        set_owner(connection, reference, principal(), body["email"])
        return ticket_as_it_is(connection, reference)


def _me(away: bool) -> dict[str, Any]:
    me = principal()
    return {
        "id": me.id,
        "email": me.email,
        "name": me.name,
        "role": me.role,
        "teams": sorted(me.teams),
        "away": away,
    }
