"""Separating merged tickets, and links between tickets. Merging itself is an action of the registry."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate
from sqlalchemy import Connection

from services.triage.actions.access import Actor
from services.triage.api.repeated import mark_replayed, this_request
from services.triage.api.tickets.schemas import LinkSchema, TicketDetailSchema
from services.triage.current_deps import deps
from services.triage.merging.relate import RELATED, relate, unrelate
from services.triage.merging.unmerge import unmerge
from services.triage.tickets.read_ticket import as_readable, ticket_as_it_is
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal

blueprint = Blueprint(
    "merging", __name__, url_prefix="/v1/tickets/<reference>", description="Tickets of one matter: merged or linked"
)


class LinkBody(ma.Schema):
    """To which ticket, and how they belong together."""

    to = fields.String(required=True, metadata={"description": "The other ticket's reference."})
    relation = fields.String(load_default=RELATED, validate=validate.OneOf([RELATED]))


class LinkedTicketSchema(TicketDetailSchema):
    """The ticket as it is now, and the link."""

    link = fields.Nested(LinkSchema, required=True)


@blueprint.route("/unmerge", methods=["POST"])
@authorised("tickets.write")
@blueprint.response(200, TicketDetailSchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def post_unmerge(reference: str) -> dict[str, Any]:
    """Separate a merged ticket again, within seven days

    Each message returns to its ticket; state, deadline, owner and tags are as before. Replies written since stay with the surviving ticket.
    """
    request_made = this_request({})
    with deps().engine.begin() as connection:
        if not mark_replayed(request_made.is_repeated(connection)):
            unmerge(connection, reference, Actor(principal()), deps().rulesets.active(connection))
        return _readable(connection, reference)


@blueprint.route("/links", methods=["POST"])
@authorised("tickets.write")
@blueprint.arguments(LinkBody)
@blueprint.response(201, LinkedTicketSchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def post_link(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Link the ticket to another one, in both directions"""
    request_made = this_request(body)
    with deps().engine.begin() as connection:
        if not mark_replayed(request_made.is_repeated(connection)):
            relate(connection, reference, Actor(principal()), body["to"])
        return {**_readable(connection, reference), "link": {"reference": body["to"], "relation": body["relation"]}}


@blueprint.route("/links/<other>", methods=["DELETE"])
@authorised("tickets.write")
@blueprint.response(204)
@blueprint.alt_response(404, "NOT_FOUND")
def delete_link(reference: str, other: str) -> None:
    """Remove the link to a related ticket, from both"""
    with deps().engine.begin() as connection:
        unrelate(connection, reference, Actor(principal()), other)


def _readable(connection: Connection, reference: str) -> dict[str, Any]:
    """The ticket; of one that went to another team before the request was repeated, its list row alone."""
    return as_readable(ticket_as_it_is(connection, reference), principal())
