"""E-mails without a ticket."""

from typing import Any

from services.triage.announce import announce_disapproval, announce_status
from services.triage.api.action_schemas import AcceptedSchema, ApplicationStatusBody, ItemDisapprovalBody
from services.triage.api.context import context
from shared.web.arguments import Blueprint
from shared.web.bearer import authorised, principal

_ACCEPTED = {"status": "accepted"}


blueprint = Blueprint("announcements", __name__, url_prefix="/v1", description="E-mails without a ticket")


@blueprint.route("/disapprovals", methods=["POST"])
@authorised("tickets.write")
@blueprint.arguments(ItemDisapprovalBody)
@blueprint.response(202, AcceptedSchema)
def post_disapproval(body: dict[str, Any]) -> dict[str, str]:
    """Tell somebody that something of theirs was disapproved"""
    with context().engine.begin() as connection:
        announce_disapproval(
            connection,
            context().rulesets.catalog,
            principal(),
            body["email"],
            body["locale"],
            body["item"],
            body["reasons"],
        )
    return _ACCEPTED


@blueprint.route("/application-statuses", methods=["POST"])
@authorised("tickets.write")
@blueprint.arguments(ApplicationStatusBody)
@blueprint.response(202, AcceptedSchema)
def post_status(body: dict[str, Any]) -> dict[str, str]:
    """Tell an applicant where their application is"""
    with context().engine.begin() as connection:
        announce_status(
            connection,
            context().rulesets.catalog,
            principal(),
            body["email"],
            body["locale"],
            body["item"],
            body["status"],
            body["reasons"],
        )
    return _ACCEPTED
