"""Who is at a ticket."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.triage.api.tickets.schemas import TicketDetailSchema
from services.triage.current_deps import deps
from services.triage.presence.put_presence import DOING, put_presence
from services.triage.tickets.read_ticket import ticket_as_it_is
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal

blueprint = Blueprint("presence", __name__, url_prefix="/v1", description="Who is at a ticket")


class PresenceBody(ma.Schema):
    """What one does at the ticket; null: one left."""

    doing = fields.String(required=True, allow_none=True, validate=validate.OneOf(DOING))


@blueprint.route("/tickets/<reference>/presence", methods=["PUT"])
@authorised("tickets.write")
@blueprint.arguments(PresenceBody)
@blueprint.response(200, TicketDetailSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def put_my_presence(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Show colleagues that I view the ticket, or write at it; counts for 60 seconds"""
    # Committed at once: streams follow the numbers of changes, and one that is committed late is passed over.
    with deps().engine.begin() as connection:
        put_presence(connection, reference, principal(), body["doing"])
    with deps().engine.begin() as connection:
        return ticket_as_it_is(connection, reference)
