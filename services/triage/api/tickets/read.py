"""Queues, lists of tickets, one ticket and its files."""

from typing import Any
from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from services.triage.api.schemas import ConversationQuery, TicketsQuery, items_of
from services.triage.api.tickets.schemas import (
    ConversationPageSchema,
    QueueSchema,
    TicketDetailSchema,
    TicketsPageSchema,
)
from services.triage.conversation.read_conversation import NEWEST, read_conversations
from services.triage.current_deps import deps
from services.triage.lists.filters import STATES, Wanted
from services.triage.lists.find_page import find_page, owner_named
from services.triage.lists.queues import queues
from services.triage.search.parse import parse_query
from services.triage.tickets.read_ticket import find_attachment, read_ticket, team_of
from services.triage.tickets.teams import require_team
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
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
@blueprint.response(200, TicketsPageSchema)
def find_tickets(query: dict[str, Any]) -> dict[str, Any]:
    """Tickets, newest first or in another order, or those found by a search"""
    parsed = parse_query(query["q"] or "", deps().known)
    with deps().engine.connect() as connection:
        wanted = _wanted(connection, query)
        return find_page(connection, wanted, parsed, query["sort"], query["cursor"], principal())


@blueprint.route("/tickets/<reference>")
@authorised("tickets.read")
@blueprint.response(200, TicketDetailSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def show_ticket(reference: str) -> dict[str, Any]:
    """A ticket with its files and timeline"""
    with autocommit(deps().engine) as connection:
        return read_ticket(connection, reference, principal())


@blueprint.route("/tickets/<reference>/conversation")
@authorised("tickets.read")
@blueprint.arguments(ConversationQuery, location="query")
@blueprint.response(200, ConversationPageSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def show_conversation(query: dict[str, Any], reference: str) -> dict[str, Any]:
    """Older messages of a ticket, oldest first"""
    with autocommit(deps().engine) as connection:
        team_of(connection, reference, principal())
        before = NEWEST if query["before"] is None else int(query["before"])
        found = read_conversations(connection, [reference], query["limit"], before)[reference]
    return {"items": found.entries, "next_cursor": found.before}


@blueprint.route("/attachments/<uuid:attachment>")
@authorised("tickets.read")
@blueprint.response(302, description="To the file, by a link that expires after at most 300 s.")
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def show_attachment(attachment: UUID) -> ResponseReturnValue:
    """The file, as a download"""
    with autocommit(deps().engine) as connection:
        key, name, media_type, _ = find_attachment(connection, attachment, principal())
    return redirect(deps().store.presign(key, name, LONGEST_LINK, media_type), 302)


def _wanted(connection: Connection, query: dict[str, Any]) -> Wanted:
    """The list that the query asks for, in the teams that may be read. Raises NotFound for an unknown team, Forbidden for another's,
    Unprocessable for an unknown owner."""
    reader = principal()
    teams = reader.readable(deps().settings.teams)
    if query["team"] is not None:
        require_team(query["team"], deps().settings.teams)
        reader.require_read(query["team"])
        teams = (query["team"],)
    return Wanted(
        teams,
        STATES if query["state"] is None else (query["state"],),
        query["category"],
        owner_named(connection, query["owner"], reader),
        limit=query["limit"],
    )
