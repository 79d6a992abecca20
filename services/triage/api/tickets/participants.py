"""Who besides the requester takes part in a ticket."""

from typing import Any

from marshmallow import fields, validate

from services.triage.actions.access import Actor
from services.triage.actions.action import ActionBody
from services.triage.api.tickets.schemas import TicketDetailSchema
from services.triage.current_deps import deps
from services.triage.participants.change_participants import MOST_PARTICIPANTS, change_participants
from services.triage.tickets.read_ticket import ticket_as_it_is
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
from shared.mail.addresses import MAX_ADDRESS

blueprint = Blueprint("participants", __name__, url_prefix="/v1", description="Participants of tickets")


class ParticipantsBody(ActionBody):
    """All participants, in place of those that there were."""

    emails = fields.List(
        fields.String(metadata={"format": "email", "maxLength": MAX_ADDRESS}),
        required=True,
        validate=validate.Length(max=MOST_PARTICIPANTS),
    )


@blueprint.route("/tickets/<reference>/participants", methods=["PUT"])
@authorised("tickets.write")
@blueprint.arguments(ParticipantsBody)
@blueprint.response(200, TicketDetailSchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def put_participants(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Set the participants, who get the answers and may reply by e-mail"""
    actor = Actor.from_input(principal(), body["claim"], body["version"], body["seen"])
    with deps().engine.begin() as connection:
        change_participants(connection, reference, actor, body["emails"], deps().settings)
        return ticket_as_it_is(connection, reference)
