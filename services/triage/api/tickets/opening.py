"""Tickets that agents open."""

from typing import Any

import marshmallow as ma
from flask import request
from marshmallow import fields, validate
from webargs.core import is_json

from services.triage.actions.access import Actor
from services.triage.api.repeated import mark_replayed, this_request
from services.triage.api.tickets.schemas import TicketDetailSchema
from services.triage.current_deps import deps
from services.triage.opening.open_ticket import open_ticket
from services.triage.opening.read_opening import SOURCES, read_opening
from services.triage.tickets.read_ticket import as_readable, ticket_as_it_is
from services.triage.tickets.rows import DECIDED
from shared.errors import UnsupportedMedia
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
from shared.http.idempotency_key import PARAMETER
from shared.http.json_bodies import read_json_object
from shared.submission_fields import LONGEST_MESSAGE
from shared.submission_schema import submission_fields, text_field

blueprint = Blueprint("opening", __name__, url_prefix="/v1", description="Tickets that agents open")

_KEY = {**PARAMETER, "description": "Makes a retry safe: requests with the same key and body open one ticket."}

OpeningSchema = ma.Schema.from_dict(
    {
        **submission_fields(optional=["message"]),
        "internal_note": text_field("For agents only; needed where there is no message.", LONGEST_MESSAGE),
        "source": fields.String(
            allow_none=True,
            validate=validate.OneOf(SOURCES),
            metadata={"description": "How the person reached the agent; default `other`."},
        ),
        "acknowledge": fields.Boolean(
            allow_none=True, metadata={"description": "Whether the person gets an acknowledgement; default true."}
        ),
    },
    name="OpeningSchema",
)
OpeningSchema.__doc__ = "A ticket for a person: a submission's fields, with a message, an internal note or both."


class OpenedSchema(TicketDetailSchema):
    """The new ticket; where its team is one that the agent may not read, only what was decided of it."""


_NOT_DECIDED = set(TicketDetailSchema().fields) - set(DECIDED)


@blueprint.route("/tickets", methods=["POST"])
@authorised("tickets.write")
@blueprint.doc(
    parameters=[_KEY], requestBody={"required": True, "content": {"application/json": {"schema": OpeningSchema}}}
)
@blueprint.response(201, OpenedSchema(partial=_NOT_DECIDED), headers={"Location": {"schema": {"type": "string"}}})
@blueprint.alt_response(400, "BAD_REQUEST")
@blueprint.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
@blueprint.alt_response(422, "UNPROCESSABLE_ENTITY")
def post_ticket() -> tuple[dict[str, Any], dict[str, str]]:
    """Open a ticket for a person who called or wrote elsewhere"""
    given = _body()
    opening = read_opening(deps().catalog, given, smtputf8=deps().settings.smtputf8)
    request_made = this_request(given)
    with deps().engine.begin() as connection:
        if mark_replayed(request_made.is_repeated(connection)):
            reference = request_made.made(connection)
        else:
            ruleset = deps().rulesets.active(connection)
            reference = open_ticket(connection, ruleset, deps().catalog, Actor(principal()), opening)
            request_made.remember_made(connection, reference)
        ticket = ticket_as_it_is(connection, reference)
    return as_readable(ticket, principal()), {"Location": f"/v1/tickets/{reference}"}


def _body() -> dict[str, Any]:
    """The body, whose errors read_opening tells all at once. Raises UnsupportedMedia, and what read_json_object raises."""
    if not is_json(request.mimetype):
        raise UnsupportedMedia("The body must be application/json.")
    return read_json_object(request.get_data())
