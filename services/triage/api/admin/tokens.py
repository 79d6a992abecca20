"""Tokens of programs and of people."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import request
from marshmallow import fields, validate

from services.triage.api.admin.accounts import ROLES_OF_PEOPLE
from services.triage.api.schemas import items_of
from services.triage.current_deps import deps
from services.triage.people.add_program import add_program
from services.triage.people.live_tokens import live_tokens
from services.triage.people.remove_token import remove_token
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
from shared.storage.database import autocommit

blueprint = Blueprint("tokens", __name__, url_prefix="/v1", description="Tokens")


class TokenSchema(ma.Schema):
    """A token, without its secret, which is not stored."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(
        required=True, allow_none=True, metadata={"description": "Whose account it has; null: one of its own."}
    )
    role = fields.String(required=True)
    teams = fields.List(fields.String(), required=True)
    created_at = fields.AwareDateTime(format="iso", required=True)
    expires_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)
    last_used_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)


class TokenBody(ma.Schema):
    """What the token is for, and what it may do."""

    name = fields.String(required=True, validate=validate.Length(1, 100))
    role = fields.String(required=True, validate=validate.OneOf(ROLES_OF_PEOPLE))
    teams = fields.List(fields.String(), load_default=list)


class NewTokenSchema(ma.Schema):
    """A new token; the secret is shown only here."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    token = fields.String(required=True)


@blueprint.route("/tokens")
@authorised("people.read")
@blueprint.response(200, items_of(TokenSchema))
def list_all_tokens() -> dict[str, Any]:
    """All live tokens"""
    with autocommit(deps().engine) as connection:
        return {"items": live_tokens(connection), "next_cursor": None}


@blueprint.route("/tokens", methods=["POST"])
@authorised("people.write")
@blueprint.arguments(TokenBody)
@blueprint.response(201, NewTokenSchema)
def post_token(body: dict[str, Any]) -> dict[str, Any]:
    """Make a token for a program"""
    with deps().engine.begin() as connection:
        made, secret = add_program(
            connection, principal(), request.remote_addr, known_teams=deps().settings.teams, **body
        )
    return {"id": made, "name": body["name"], "token": secret}


@blueprint.route("/tokens/<uuid:token>", methods=["DELETE"])
@authorised("people.write")
@blueprint.response(204)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def delete_token(token: UUID) -> None:
    """End a token at once"""
    with deps().engine.begin() as connection:
        remove_token(connection, token, principal(), request.remote_addr)
