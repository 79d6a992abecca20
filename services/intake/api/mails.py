"""Inbound mails that became part of no ticket, for the people who read them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from services.intake.api import schemas
from services.intake.current_deps import deps
from services.intake.inbound_mail.list_mails import WITHOUT_TICKET, newest_mails
from services.intake.inbound_mail.open_mail import open_mail
from services.intake.inbound_mail.read_stored_mail import StoredMail, read_stored_mail
from shared.errors import Unprocessable
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised
from shared.http.paging import decode, page

mails = Blueprint("mails", __name__, description="Inbound mails that became part of no ticket")

_FOLDER = "mail/"
_ANSWER_OF_NONE: Mapping[str, Any] = {
    "sender": None,
    "sender_name": None,
    "subject": None,
    "message": None,
    "files": [],
}


@mails.route("/v1/mails")
@authorised("mails.read")
@mails.arguments(schemas.MailArguments, location="query")
@mails.response(200, schemas.MailsSchema)
def list_mails(arguments: dict[str, Any]) -> dict[str, Any]:
    """The newest first: those that wait for a person, or of one state"""
    states = (arguments["state"],) if arguments["state"] else WITHOUT_TICKET
    rows = newest_mails(deps().engine, states, arguments["limit"] + 1, _before(arguments["cursor"]))
    return page(rows, arguments["limit"], lambda row: (row.received_at.isoformat(), row.object), _row)


@mails.route("/v1/mails/<name>")
@authorised("mails.read")
@mails.response(200, schemas.WholeMailSchema)
@mails.alt_response(404, "NOT_FOUND")
@mails.alt_response(503, "SERVICE_UNAVAILABLE")
def show_mail(name: str) -> dict[str, Any]:
    """One of them, as far as it can be read"""
    return _whole(read_stored_mail(deps(), _FOLDER + name))


@mails.route("/v1/mails/<name>/ticket", methods=["POST"])
@authorised("mails.write")
@mails.arguments(schemas.MailTicketSchema)
@mails.response(202, schemas.MailTicketSchema)
@mails.alt_response(404, "NOT_FOUND")
@mails.alt_response(409, "CONFLICT")
def open_ticket(body: dict[str, str], name: str) -> dict[str, str]:
    """Make a ticket of it, within seconds

    Its writer gets no automatic answer where a program may have written the mail.
    """
    open_mail(deps(), _FOLDER + name, body["category"])
    return body


def _before(cursor: str | None) -> tuple[datetime, str] | None:
    key = decode(cursor, (str, str))
    try:
        return (datetime.fromisoformat(str(key[0])), str(key[1])) if key else None
    except ValueError as error:
        raise Unprocessable({"cursor": ["Not a cursor of this list."]}) from error


def _row(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.object.removeprefix(_FOLDER),
        "received_at": row.received_at,
        "state": row.state,
        "ticket": row.ticket,
        "address": row.address,
        "size": row.size,
        "because": row.because,
    }


def _whole(stored: StoredMail) -> dict[str, Any]:
    mail = stored.mail
    if mail is None:
        return {**_row(stored.row), **_ANSWER_OF_NONE}
    return {
        **_row(stored.row),
        "sender": mail.sender,
        "sender_name": mail.sender_name,
        "subject": mail.subject,
        "message": mail.message,
        "files": [file.name for file in mail.files],
    }
