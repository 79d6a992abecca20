"""POST /v1/tickets, and what a requester may do with a ticket afterwards."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from webargs.core import is_json

from services.intake.api import schemas
from services.intake.api.entry_schemas import KeyArguments
from services.intake.conversation.find_file import find_file
from services.intake.current_deps import deps
from services.intake.sender import bearer, correlation_id, sender_of
from services.intake.submissions.posted import Posted, read_form, read_json_body
from services.intake.submissions.receive_submission import receive_submission
from services.intake.submissions.submission import Receipt
from services.intake.tickets.add_follow_up import Added
from services.intake.tickets.receive_follow_up import receive_follow_up
from services.intake.tickets.view_ticket import Ticket, view_ticket
from services.intake.tickets.withdraw_ticket import withdraw_ticket
from services.intake.web.submission.form_input import read_form_input
from services.intake.web.submission.pages import form_page
from services.intake.web.submission.rejection import REJECTIONS, rejection
from shared.errors import UnsupportedMedia
from shared.http import idempotency_key
from shared.http.arguments import Blueprint, View
from shared.http.problems import FORM_TYPES, answer_error, prefers_html
from shared.ticket_keys import receipt_key, receipt_url

tickets = Blueprint("tickets", __name__, description="Submissions, and the tickets made of them")

WRONG_TYPE = "Send application/json or multipart/form-data; browsers may send application/x-www-form-urlencoded too."

_KEY_HEADER = {
    **idempotency_key.PARAMETER,
    "description": "Makes a retry safe: the same key and content give the same ticket.",
}


def _body(schema: object, form: object) -> dict[str, Any]:
    """A body that is JSON, or multipart where there is a file."""
    content = {"application/json": {"schema": schema}, "multipart/form-data": {"schema": form}}
    return {"requestBody": {"required": True, "content": content}}


def _errors(*names: str) -> Callable[[View], View]:
    """Document the errors of a view, by the names of their statuses."""

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
@_errors("UNAUTHORIZED", *_OF_A_BODY)
@tickets.doc(
    parameters=[_KEY_HEADER], security=[{}, {"bearer": []}], **_body(schemas.SubmissionSchema, schemas.SUBMISSION_FORM)
)
@tickets.response(201, schemas.ReceiptSchema, headers={"Location": {"schema": {"type": "string"}}})
def submit() -> ResponseReturnValue:
    """Submit

    A browser's own form (urlencoded or multipart, preferring `text/html`) is answered with pages: 303 to the ticket's, or our form.
    """
    from_form = request.mimetype in FORM_TYPES and prefers_html()
    try:
        posted = _read_post()
        receipt = receive_submission(deps(), posted, sender_of(deps().engine, source="form" if from_form else "api"))
    except REJECTIONS as error:
        if from_form:
            return _to_our_form(error)
        raise
    g.replayed = receipt.replayed
    return _to_page(receipt) if from_form else _created(receipt)


@tickets.route("/v1/tickets/<reference>")
@_errors("UNAUTHORIZED", "NOT_FOUND", "SERVICE_UNAVAILABLE")
@tickets.doc(security=[{"bearer": []}])
@tickets.response(200, schemas.TicketSchema)
def show(reference: str) -> Ticket:
    """Show a ticket"""
    return view_ticket(deps(), reference, bearer())


@tickets.route("/v1/tickets/<reference>/attachments/<uuid:file>")
@tickets.arguments(KeyArguments, location="query")
@_errors("UNAUTHORIZED", "NOT_FOUND", "CONFLICT", "SERVICE_UNAVAILABLE")
@tickets.doc(security=[{"bearer": []}])
@tickets.response(302, description="To the file, by a link that expires after at most 300 s.")
def attachment(arguments: dict[str, Any], reference: str, file: UUID) -> ResponseReturnValue:
    """Download a file

    Files of our answers need the key of our e-mails; a quarantined file is answered with 409.
    """
    answer = redirect(find_file(deps(), reference, arguments["key"] or bearer(), file), 302)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@tickets.route("/v1/tickets/<reference>/follow-ups", methods=["POST"])
@_errors("UNAUTHORIZED", "NOT_FOUND", "CONFLICT", *_OF_A_BODY)
@tickets.doc(security=[{"bearer": []}], **_body(schemas.FollowUpSchema, schemas.FOLLOW_UP_FORM))
@tickets.response(201, schemas.AddedSchema)
def follow_up(reference: str) -> Added:
    """Send more: a message, a file, details"""
    key = bearer()
    posted = _read_post()
    added = receive_follow_up(deps(), reference, key, posted, correlation_id(), source="api")
    g.replayed = added.replayed
    return added


@tickets.route("/v1/tickets/<reference>/withdrawal", methods=["POST"])
@_errors("UNAUTHORIZED", "NOT_FOUND", "CONFLICT", "SERVICE_UNAVAILABLE")
@tickets.doc(security=[{"bearer": []}])
@tickets.response(200, schemas.TicketSchema)
def withdraw(reference: str) -> Ticket:
    """Withdraw a ticket"""
    return withdraw_ticket(deps(), reference, bearer(), correlation_id())


def _read_post() -> Posted:
    """What was posted.

    Raises what read_json_body and read_form raise, UnsupportedMedia, and Werkzeug's BadRequest for a broken form.
    """
    if is_json(request.mimetype):
        return read_json_body(request.get_data())
    if request.mimetype == "multipart/form-data" or (
        request.mimetype == "application/x-www-form-urlencoded" and prefers_html()
    ):
        return read_form(request.form, request.files)
    raise UnsupportedMedia(WRONG_TYPE)


def _created(receipt: Receipt) -> Response:
    """201 with the receipt."""
    settings = deps().settings
    answer = jsonify(
        reference=receipt.reference,
        status=receipt.status,
        category=receipt.category,
        status_url=receipt_url(settings.intake_url, settings.secret, receipt.reference, receipt.key_number),
        missing_evidence=receipt.missing_evidence,
    )
    answer.status_code = 201
    answer.headers["Location"] = f"/v1/tickets/{receipt.reference}"
    return answer


def _to_page(receipt: Receipt) -> ResponseReturnValue:
    """303 to the ticket's page."""
    key = receipt_key(deps().settings.secret, receipt.reference, receipt.key_number)
    return redirect(url_for("form.ticket", reference=receipt.reference, key=key), 303)


def _to_our_form(error: Exception) -> ResponseReturnValue:
    """Our form with everything that was entered in another site's; the error's own page where the category is unknown."""
    category = deps().catalog.resolve(request.form.get("category", "").strip())
    if category is None or not category.listed:
        return answer_error(error)
    return form_page(category, read_form_input(request.form, category), rejection(error))
