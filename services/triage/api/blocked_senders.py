"""Blocked senders, whose submissions and mails are kept and answered by nothing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields, validate

from services.triage.actions.action import not_blank
from services.triage.api.repeated import mark_replayed, this_request
from services.triage.api.schemas import page_of
from services.triage.blocking.blocked_page import blocked_page
from services.triage.current_deps import deps
from shared.auth.blocked_senders import (
    LONGEST_REASON,
    Blocked,
    block_sender,
    domain_of,
    email_of,
    find_blocked,
    unblock_sender,
)
from shared.errors import Conflict
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
from shared.http.paging import PageArguments
from shared.mail.addresses import MAX_ADDRESS
from shared.storage.database import autocommit

blueprint = Blueprint("blocked_senders", __name__, url_prefix="/v1", description="Blocked senders")


class BlockedSenderSchema(ma.Schema):
    """A blocked sender: an address or a domain."""

    id = fields.UUID(required=True)
    email = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "In lower case, without `+tag`; its other forms are blocked, too."},
    )
    domain = fields.String(required=True, allow_none=True, metadata={"description": "With all domains below it."})
    reason = fields.String(required=True)
    blocked_by = fields.String(required=True)
    blocked_at = fields.AwareDateTime(format="iso", required=True)


class BlockedSenderBody(ma.Schema):
    """Whom to block, and why."""

    email = fields.String(metadata={"format": "email", "maxLength": MAX_ADDRESS})
    domain = fields.String(validate=validate.Length(max=MAX_ADDRESS))
    reason = fields.String(required=True, validate=[validate.Length(1, LONGEST_REASON), not_blank])

    @ma.validates_schema(skip_on_field_errors=False, pass_original=True)
    def _one_of_both(self, _: Any, given: Mapping[str, Any], **__: Any) -> None:
        if ("email" in given) == ("domain" in given):
            words = ["Give either an e-mail address or a domain."]
            raise ma.ValidationError({"email": words, "domain": words})


@blueprint.route("/blocked-senders")
@authorised("senders.read")
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, page_of(BlockedSenderSchema))
def list_blocked_senders(query: dict[str, Any]) -> dict[str, Any]:
    """Blocked senders, newest first"""
    with autocommit(deps().engine) as connection:
        return blocked_page(connection, query["cursor"], query["limit"])


@blueprint.route("/blocked-senders", methods=["POST"])
@authorised("senders.write")
@blueprint.arguments(BlockedSenderBody)
@blueprint.response(201, BlockedSenderSchema)
@blueprint.alt_response(409, "CONFLICT")
def post_blocked_sender(body: dict[str, Any]) -> Blocked:
    """Block a sender

    What it sends from now on is kept in state `blocked` and answered by nothing.
    """
    sender = email_of(body["email"]) if "email" in body else domain_of(body["domain"])
    request_made = this_request(body)
    with deps().engine.begin() as connection:
        if not mark_replayed(request_made.is_repeated(connection)):
            blocked = block_sender(connection, sender, body["reason"].strip(), principal().name)
            request_made.remember_made(connection, str(blocked.id))
            return blocked
        found = find_blocked(connection, UUID(request_made.made(connection)))
    if found is None:
        raise Conflict("This sender is blocked no more.")
    return found


@blueprint.route("/blocked-senders/<uuid:blocked>", methods=["DELETE"])
@authorised("senders.write")
@blueprint.response(204)
@blueprint.alt_response(404, "NOT_FOUND")
def delete_blocked_sender(blocked: UUID) -> None:
    """Let what the sender sends from now on in; tickets that were kept stay blocked until they are released"""
    with deps().engine.begin() as connection:
        unblock_sender(connection, blocked)
