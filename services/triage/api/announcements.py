"""E-mails without a ticket."""

from typing import Any

from services.triage.actions.announce import announce_disapproval, announce_status
from services.triage.api.action_schemas import AcceptedSchema, ApplicationStatusBody, ItemDisapprovalBody
from services.triage.current_deps import deps
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
from shared.http.idempotency_key import PARAMETER, REPLAYED, idempotency_key

_SAFELY = {**PARAMETER, "description": "Makes a retry safe: under the same key the same thing is told once."}

Accepted = tuple[dict[str, str], dict[str, str]]

blueprint = Blueprint("announcements", __name__, url_prefix="/v1", description="E-mails without a ticket")


@blueprint.route("/disapprovals", methods=["POST"])
@authorised("tickets.write")
@blueprint.doc(parameters=[_SAFELY])
@blueprint.arguments(ItemDisapprovalBody)
@blueprint.response(202, AcceptedSchema)
def post_disapproval(body: dict[str, Any]) -> Accepted:
    """Tell somebody that something of theirs was disapproved"""
    with deps().engine.begin() as connection:
        told = announce_disapproval(
            connection,
            deps().rulesets.catalog,
            principal(),
            body["email"],
            body["locale"],
            body["item"],
            body["reasons"],
            idempotency_key(),
        )
    return _accepted(told)


@blueprint.route("/application-statuses", methods=["POST"])
@authorised("tickets.write")
@blueprint.doc(parameters=[_SAFELY])
@blueprint.arguments(ApplicationStatusBody)
@blueprint.response(202, AcceptedSchema)
def post_status(body: dict[str, Any]) -> Accepted:
    """Tell an applicant where their application is"""
    with deps().engine.begin() as connection:
        told = announce_status(
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
    return _accepted(told)


def _accepted(told: bool) -> Accepted:
    """The answer, and the header that marks one that had been given before."""
    return {"status": "accepted"}, {} if told else {REPLAYED: "true"}
