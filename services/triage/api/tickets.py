"""Queues, lists of tickets, one ticket and its files."""

from typing import Any
from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from services.triage.api.schemas import QueueSchema, TicketDetailSchema, TicketSchema, TicketsQuery, items_of, page_of
from services.triage.current_deps import deps
from services.triage.tickets.list_tickets import NEWEST, STATES, Wanted, list_tickets
from services.triage.tickets.queues import queues
from services.triage.tickets.read_ticket import find_attachment, read_ticket
from services.triage.tickets.rows import as_item
from services.triage.tickets.search_tickets import search_tickets
from services.triage.tickets.teams import require_team
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
from shared.http.paging import decode, page
from shared.storage.database import autocommit
from shared.storage.object_store import LONGEST_LINK

blueprint = Blueprint("tickets", __name__, url_prefix="/v1", description="Queues and tickets")


@blueprint.route("/queues")
@authorised("tickets.read")
@blueprint.response(200, items_of(QueueSchema))
def list_queues() -> dict[str, Any]:
    """The counts of each queue of my teams"""
    with autocommit(deps().engine) as connection:
        return {"items": queues(connection, principal().readable(deps().settings.teams)), "next_cursor": None}


@blueprint.route("/tickets")
@authorised("tickets.read")
@blueprint.arguments(TicketsQuery, location="query")
@blueprint.response(200, page_of(TicketSchema))
def find_tickets(query: dict[str, Any]) -> dict[str, Any]:
    """Tickets, newest first, or those found by a search"""
    wanted = _wanted(query)
    with deps().engine.connect() as connection:
        if query["q"] is not None and query["q"].strip():
            rows = search_tickets(connection, query["q"], wanted)
        else:
            rows = list_tickets(connection, wanted)
    return page(rows, wanted.limit, _sequence, as_item)


@blueprint.route("/tickets/<reference>")
@authorised("tickets.read")
@blueprint.response(200, TicketDetailSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def show_ticket(reference: str) -> dict[str, Any]:
    """A ticket with its files and timeline"""
    with autocommit(deps().engine) as connection:
        return read_ticket(connection, reference, principal())


@blueprint.route("/attachments/<uuid:attachment>")
@authorised("tickets.read")
@blueprint.response(302, description="To the file, by a link that expires after at most 300 s.")
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def show_attachment(attachment: UUID) -> ResponseReturnValue:
    """The file, as a download"""
    with autocommit(deps().engine) as connection:
        key, name, media_type = find_attachment(connection, attachment, principal())
    return redirect(deps().store.presign(key, name, LONGEST_LINK, media_type), 302)


def _wanted(query: dict[str, Any]) -> Wanted:
    """The list that the query asks for, in the teams that may be read. Raises NotFound for an unknown team, Forbidden for another's."""
    reader = principal()
    teams = reader.readable(deps().settings.teams)
    if query["team"] is not None:
        require_team(query["team"], deps().settings.teams)
        reader.require_read(query["team"])
        teams = (query["team"],)
    key = decode(query["cursor"], (int,))
    return Wanted(
        teams,
        STATES if query["state"] is None else (query["state"],),
        query["category"],
        NEWEST if key is None else int(key[0]),
        query["limit"],
    )


def _sequence(row: Row[Any]) -> tuple[int]:
    return (row.sequence,)
