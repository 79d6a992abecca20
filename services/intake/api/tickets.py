"""POST /v1/tickets and what a requester may do with a ticket afterwards."""

from collections.abc import Callable
from typing import Any

from flask import Response, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.api import schemas
from services.intake.api.browser_form import REFUSALS, refused_form
from services.intake.api.parts import reception
from services.intake.api.request_body import read_post
from services.intake.api.sender import bearer, correlation_id, sender_of
from services.intake.submissions.receive import receive_note
from services.intake.submissions.submission import Receipt
from services.intake.tickets.add_follow_up import Added
from services.intake.tickets.receive_follow_up import receive_follow_up
from services.intake.tickets.view_ticket import Ticket, follow_ticket
from services.intake.tickets.withdraw_ticket import withdraw_ticket
from shared.http import idempotency_key
from shared.http.arguments import Blueprint, View
from shared.http.problems import FORM_TYPES, prefers_html
from shared.ticket_keys import status_url, ticket_key

tickets = Blueprint("tickets", __name__, description="Notes, and what becomes of them")

_KEY_HEADER = {
    **idempotency_key.PARAMETER,
    "description": "Makes a retry safe: the same key and note give the same ticket.",
}


def _body(schema: object, form: object) -> dict[str, Any]:
    """A body that is JSON, or multipart where there is a file."""
    content = {"application/json": {"schema": schema}, "multipart/form-data": {"schema": form}}
    return {"requestBody": {"required": True, "content": content}}


def _refusals(*names: str) -> Callable[[View], View]:
    """Document the ways in which a view refuses, by the names of their statuses."""

    def decorate(view: View) -> View:
        for status, name in _STATUSES.items():
            if name in names:
                view = tickets.alt_response(status, name)(view)
        return view

    return decorate


_STATUSES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    404: "NOT_FOUND",
    409: "CONFLICT",
    413: "REQUEST_ENTITY_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    422: "UNPROCESSABLE_ENTITY",
    429: "TOO_MANY_REQUESTS",
    503: "SERVICE_UNAVAILABLE",
}
_OF_A_BODY = (
    "BAD_REQUEST",
    "REQUEST_ENTITY_TOO_LARGE",
    "UNSUPPORTED_MEDIA_TYPE",
    "UNPROCESSABLE_ENTITY",
    "TOO_MANY_REQUESTS",
    "SERVICE_UNAVAILABLE",
)


@tickets.route("/v1/tickets", methods=["POST"])
@_refusals("UNAUTHORIZED", *_OF_A_BODY)
@tickets.doc(parameters=[_KEY_HEADER], security=[{}, {"bearer": []}], **_body(schemas.NoteSchema, schemas.NOTE_FORM))
@tickets.response(201, schemas.ReceiptSchema, headers={"Location": {"schema": {"type": "string"}}})
def submit() -> ResponseReturnValue:
    """Send a note

    A browser's own form (urlencoded or multipart, preferring `text/html`) is answered with pages: 303 to the ticket's, or our form.
    """
    from_form = request.mimetype in FORM_TYPES and prefers_html()
    try:
        posted = read_post(request)
        receipt = receive_note(reception(), posted.fields, posted.uploads, sender_of(reception().engine))
    except REFUSALS as error:
        if from_form:
            return refused_form(error)
        raise
    g.replayed = receipt.replayed
    return _to_page(receipt) if from_form else _created(receipt)


@tickets.route("/v1/tickets/<reference>")
@_refusals("UNAUTHORIZED", "NOT_FOUND", "SERVICE_UNAVAILABLE")
@tickets.doc(security=[{"bearer": []}])
@tickets.response(200, schemas.TicketSchema)
def show(reference: str) -> Ticket:
    """Where a ticket is"""
    return follow_ticket(reception().engine, reception().settings.secret, reference, bearer())


@tickets.route("/v1/tickets/<reference>/follow-ups", methods=["POST"])
@_refusals("UNAUTHORIZED", "NOT_FOUND", "CONFLICT", *_OF_A_BODY)
@tickets.doc(security=[{"bearer": []}], **_body(schemas.FollowUpSchema, schemas.FOLLOW_UP_FORM))
@tickets.response(201, schemas.AddedSchema)
def follow_up(reference: str) -> Added:
    """Send more: a message, a file, details"""
    key = bearer()
    posted = read_post(request)
    added = receive_follow_up(reception(), reference, key, posted.fields, posted.uploads, correlation_id())
    g.replayed = added.replayed
    return added


@tickets.route("/v1/tickets/<reference>/withdrawal", methods=["POST"])
@_refusals("UNAUTHORIZED", "NOT_FOUND", "CONFLICT", "SERVICE_UNAVAILABLE")
@tickets.doc(security=[{"bearer": []}])
@tickets.response(200, schemas.TicketSchema)
def withdraw(reference: str) -> Ticket:
    """Take a note back"""
    return withdraw_ticket(reception().engine, reception().settings.secret, reference, bearer(), correlation_id())


def _created(receipt: Receipt) -> Response:
    """201 with the receipt; marked when the note had been accepted before."""
    settings = reception().settings
    answer = jsonify(
        reference=receipt.reference,
        status=receipt.status,
        category=receipt.category,
        status_url=status_url(settings.intake_url, settings.secret, receipt.reference, receipt.key_number),
        missing_evidence=receipt.missing_evidence,
    )
    answer.status_code = 201
    answer.headers["Location"] = f"/v1/tickets/{receipt.reference}"
    return answer


def _to_page(receipt: Receipt) -> ResponseReturnValue:
    """303 to the ticket's page."""
    key = ticket_key(reception().settings.secret, receipt.reference, receipt.key_number)
    return redirect(url_for("form.ticket", reference=receipt.reference, key=key), 303)
