"""E-mails without a ticket."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.triage.actions.action import LONGEST_REASON, MOST_CODES, codes_field, not_blank
from services.triage.actions.announce import STATUSES, announce_disapproval, announce_status
from services.triage.current_deps import deps
from shared.catalog.formats import is_email
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
from shared.http.idempotency_key import PARAMETER, REPLAYED, idempotency_key
from shared.mail.addresses import MAX_ADDRESS

_KEY = {**PARAMETER, "description": "Makes a retry safe: requests with the same key and body send one e-mail."}

Accepted = tuple[dict[str, str], dict[str, str]]

blueprint = Blueprint("announcements", __name__, url_prefix="/v1", description="E-mails without a ticket")


def mailable(email: str) -> None:
    """Raises ValidationError for what cannot be mailed."""
    if not is_email(email, smtputf8=deps().settings.smtputf8):
        raise ma.ValidationError("Not a valid email address.")


class AnnouncementBody(ma.Schema):
    """To whom, and about what."""

    email = fields.String(required=True, validate=mailable, metadata={"format": "email", "maxLength": MAX_ADDRESS})
    locale = fields.String(load_default="en", allow_none=True, validate=validate.Length(max=35))
    item = fields.String(required=True, validate=[validate.Length(1, LONGEST_REASON), not_blank])


class ItemDisapprovalBody(AnnouncementBody):
    """Why the item was disapproved."""

    reasons = codes_field()


class ApplicationStatusBody(AnnouncementBody):
    """The status of an application."""

    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    reasons = fields.List(fields.String(), load_default=list, validate=validate.Length(max=MOST_CODES))


class AcceptedSchema(ma.Schema):
    """The e-mail will be written and sent."""

    status = fields.String(required=True, validate=validate.OneOf(["accepted"]))


@blueprint.route("/disapprovals", methods=["POST"])
@authorised("tickets.write")
@blueprint.doc(parameters=[_KEY])
@blueprint.arguments(ItemDisapprovalBody)
@blueprint.response(202, AcceptedSchema)
def post_disapproval(body: dict[str, Any]) -> Accepted:
    """Send an e-mail about a disapproved item"""
    with deps().engine.begin() as connection:
        is_new = announce_disapproval(
            connection,
            deps().rulesets.catalog,
            principal(),
            body["email"],
            body["locale"],
            body["item"],
            body["reasons"],
            idempotency_key(),
        )
    return _accepted(is_new)


@blueprint.route("/application-statuses", methods=["POST"])
@authorised("tickets.write")
@blueprint.doc(parameters=[_KEY])
@blueprint.arguments(ApplicationStatusBody)
@blueprint.response(202, AcceptedSchema)
def post_status(body: dict[str, Any]) -> Accepted:
    """Send an e-mail about the status of an application"""
    with deps().engine.begin() as connection:
        is_new = announce_status(
            connection,
            deps().rulesets.catalog,
            principal(),
            body["email"],
            body["locale"],
            body["item"],
            body["status"],
            body["reasons"],
            idempotency_key(),
        )
    return _accepted(is_new)


def _accepted(is_new: bool) -> Accepted:
    return {"status": "accepted"}, {} if is_new else {REPLAYED: "true"}
