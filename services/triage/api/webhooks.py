"""Webhooks of a team, and the log of their calls."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields, validate

from services.triage.api.schemas import items_of, page_of
from services.triage.current_deps import deps
from services.triage.tickets.teams import require_team
from services.triage.webhooks.call_log import list_calls
from services.triage.webhooks.registration import list_webhooks, register_webhook, remove_webhook
from services.triage.webhooks.retry import retry_now
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
from shared.http.paging import PageArguments, decode, page
from shared.storage.database import autocommit

_NEWEST = 2**63 - 1


class WebhookSchema(ma.Schema):
    """A webhook. Its secret is never shown again."""

    id = fields.UUID(required=True)
    team = fields.String(required=True)
    url = fields.String(required=True)
    created_by = fields.String(required=True)
    created_at = fields.AwareDateTime(format="iso", required=True)


class WebhookBody(ma.Schema):
    """The address to call, and the secret that signs the calls."""

    url = fields.String(required=True, validate=validate.Length(1, 2_000))
    secret = fields.String(required=True, validate=validate.Length(1, 255))


class CallSchema(ma.Schema):
    """One call: an event that was or will be sent to the webhook."""

    id = fields.Integer(required=True)
    event = fields.String(required=True)
    event_id = fields.UUID(required=True)
    ticket = fields.String(required=True)
    number = fields.Integer(required=True, metadata={"description": "Counts this webhook's calls about this ticket."})
    state = fields.String(required=True, validate=validate.OneOf(["queued", "delivered", "failed"]))
    attempts = fields.Integer(required=True)
    last_status = fields.Integer(required=True, allow_none=True)
    last_error = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(format="iso", required=True)
    delivered_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)
    next_try_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)


blueprint = Blueprint("webhooks", __name__, url_prefix="/v1", description="Calls of teams' own tools")


@blueprint.route("/teams/<team>/webhooks")
@authorised("tickets.read")
@blueprint.response(200, items_of(WebhookSchema))
@blueprint.alt_response(404, "NOT_FOUND")
def list_all(team: str) -> dict[str, Any]:
    """The team's webhooks"""
    require_team(team, deps().settings.teams)
    with autocommit(deps().engine) as connection:
        return {"items": list_webhooks(connection, team, principal()), "next_cursor": None}


@blueprint.route("/teams/<team>/webhooks", methods=["POST"])
@authorised("tickets.write")
@blueprint.arguments(WebhookBody)
@blueprint.response(201, WebhookSchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def register(body: dict[str, Any], team: str) -> dict[str, Any]:
    """Register a webhook"""
    require_team(team, deps().settings.teams)
    with deps().engine.begin() as connection:
        allow = deps().settings.webhook_allow_private
        return register_webhook(connection, team, principal(), body["url"], body["secret"], allow)


@blueprint.route("/teams/<team>/webhooks/<uuid:webhook>", methods=["DELETE"])
@authorised("tickets.write")
@blueprint.response(204)
@blueprint.alt_response(404, "NOT_FOUND")
def remove(team: str, webhook: UUID) -> None:
    """Remove a webhook"""
    require_team(team, deps().settings.teams)
    with deps().engine.begin() as connection:
        remove_webhook(connection, team, webhook, principal())


@blueprint.route("/webhooks/<uuid:webhook>/deliveries")
@authorised("tickets.read")
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, page_of(CallSchema))
@blueprint.alt_response(404, "NOT_FOUND")
def deliveries(query: dict[str, Any], webhook: UUID) -> dict[str, Any]:
    """A webhook's calls, newest first"""
    key = decode(query["cursor"], (int,))
    with autocommit(deps().engine) as connection:
        before = int(key[0]) if key else _NEWEST
        rows = list_calls(connection, webhook, principal(), before, query["limit"])
    return page(rows, query["limit"], lambda row: (row.id,), lambda row: dict(row._mapping))


@blueprint.route("/webhooks/<uuid:webhook>/deliveries/<int:call>/replay", methods=["POST"])
@authorised("tickets.write")
@blueprint.response(204)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def replay(webhook: UUID, call: int) -> None:
    """Repeat a call"""
    with deps().engine.begin() as connection:
        retry_now(connection, webhook, call, principal())
