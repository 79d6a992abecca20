"""Accounts of people."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import request
from marshmallow import fields, validate

from services.triage.api.schemas import is_boolean, items_of
from services.triage.current_deps import deps
from services.triage.people.add_account import add_account
from services.triage.people.change_account import Changes, change_account
from services.triage.people.forgotten_password import forgotten_password
from services.triage.people.invite_person import invite_person
from shared.auth.users import User, list_users
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal, public
from shared.http.networks import network_of
from shared.mail.addresses import MAX_ADDRESS
from shared.storage.database import autocommit

blueprint = Blueprint("accounts", __name__, url_prefix="/v1", description="Accounts")
ROLES_OF_PEOPLE = ("agent", "lead", "admin", "auditor")


class AccountSchema(ma.Schema):
    """A person's account."""

    id = fields.UUID(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)
    teams = fields.List(fields.String(), required=True)
    active = fields.Function(lambda user: user.disabled_at is None, required=True, metadata={"type": "boolean"})
    created_at = fields.AwareDateTime(format="iso", required=True)


class AccountBody(ma.Schema):
    """A new account. Without a password its person is invited by e-mail, or signs in at the company's provider."""

    email = fields.String(required=True, validate=validate.Length(3, MAX_ADDRESS))
    name = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES_OF_PEOPLE))
    teams = fields.List(fields.String(), load_default=list)
    password = fields.String(load_default=None)


class AccountChanges(ma.Schema):
    """What is to change; what is left out stays."""

    name = fields.String()
    role = fields.String(validate=validate.OneOf(ROLES_OF_PEOPLE))
    teams = fields.List(fields.String())
    active = fields.Raw(validate=is_boolean, metadata={"type": "boolean"})


@blueprint.route("/users")
@authorised("people.read")
@blueprint.response(200, items_of(AccountSchema))
def list_accounts() -> dict[str, Any]:
    """All accounts, closed ones too, by address"""
    with autocommit(deps().engine) as connection:
        return {"items": list_users(connection), "next_cursor": None}


@blueprint.route("/users", methods=["POST"])
@authorised("people.write")
@blueprint.arguments(AccountBody)
@blueprint.response(201, AccountSchema)
@blueprint.alt_response(409, "CONFLICT")
def post_account(body: dict[str, Any]) -> User:
    """Make an account"""
    with deps().engine.begin() as connection:
        return add_account(connection, principal(), request.remote_addr, known_teams=deps().settings.teams, **body)


@blueprint.route("/users/<uuid:person>", methods=["PATCH"])
@authorised("people.write")
@blueprint.arguments(AccountChanges)
@blueprint.response(200, AccountSchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def patch_account(body: dict[str, Any], person: UUID) -> User:
    """Change an account, close it, or open it again; sessions and tokens feel it at once"""
    with deps().engine.begin() as connection:
        return change_account(
            connection, person, principal(), request.remote_addr, Changes(**body), deps().settings.teams
        )


@blueprint.route("/users/<uuid:person>/invitation", methods=["POST"])
@authorised("people.write")
@blueprint.response(202, AccountSchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def post_invitation(person: UUID) -> User:
    """Send a link with which the person chooses a password; it works once, within 7 days"""
    with deps().engine.begin() as connection:
        return invite_person(connection, person, principal(), request.remote_addr)


class ForgottenBody(ma.Schema):
    """Whose password was forgotten."""

    email = fields.String(required=True, metadata={"format": "email", "maxLength": MAX_ADDRESS})


@blueprint.route("/password-reset", methods=["POST"])
@public
@blueprint.arguments(ForgottenBody)
@blueprint.response(202)
@blueprint.alt_response(429, "TOO_MANY_REQUESTS")
def post_password_reset(body: dict[str, Any]) -> None:
    """Send a link with which the person of this account chooses another password

    The answer is the same whether there is such an account or not. The link works once, within an hour.
    """
    network = network_of(request.remote_addr)
    with deps().engine.begin() as connection:
        forgotten_password(connection, body["email"], network, deps().settings.lock_out, request.remote_addr)
