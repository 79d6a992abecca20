"""Claims: leases on tickets, for agents and for programs."""

from typing import Any
from uuid import UUID

from services.triage.api.schemas import ClaimBody, ClaimSchema, LeaseBody, ReleaseQuery, items_of
from services.triage.claims.claim import Claimed
from services.triage.claims.claim_next import claim_next
from services.triage.claims.extend_claim import extend_claim
from services.triage.claims.release_claim import release_claim
from services.triage.current_deps import deps
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal

blueprint = Blueprint("claims", __name__, url_prefix="/v1", description="Leases on tickets")


@blueprint.route("/queues/<team>/claims", methods=["POST"])
@authorised("tickets.write")
@blueprint.arguments(ClaimBody)
@blueprint.response(200, items_of(ClaimSchema))
@blueprint.alt_response(404, "NOT_FOUND")
def post_claim(body: dict[str, Any], team: str) -> dict[str, Any]:
    """Claim the team's most urgent tickets; an empty list when nothing waits"""
    with deps().engine.begin() as connection:
        claimed = claim_next(connection, team, principal(), body["limit"], body["lease_seconds"], deps().settings.teams)
    return {"items": claimed, "next_cursor": None}


@blueprint.route("/claims/<uuid:claim>", methods=["PATCH"])
@authorised("tickets.write")
@blueprint.arguments(LeaseBody)
@blueprint.response(200, ClaimSchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def patch_claim(body: dict[str, Any], claim: UUID) -> Claimed:
    """Extend a claim"""
    with deps().engine.begin() as connection:
        return extend_claim(connection, claim, principal(), body["lease_seconds"])


@blueprint.route("/claims/<uuid:claim>", methods=["DELETE"])
@authorised("tickets.write")
@blueprint.arguments(ReleaseQuery, location="query")
@blueprint.response(204)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def delete_claim(query: dict[str, Any], claim: UUID) -> None:
    """Release the claim; the timeline shows the reason"""
    with deps().engine.begin() as connection:
        release_claim(connection, claim, principal(), query["reason"])
