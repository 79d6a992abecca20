"""Cancelling, sending now, and discarding, from a ticket's page."""

from uuid import UUID

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from services.triage.console.ticket.pages import to_ticket
from services.triage.current_deps import deps
from services.triage.scheduled_messages.cancel_message import cancel_message, discard_draft
from services.triage.scheduled_messages.read_messages import is_scheduled
from services.triage.scheduled_messages.send_messages import send_now
from services.triage.tickets.read_ticket import team_of
from shared.errors import Conflict
from shared.http.authorisation import authorised, principal


def add_pages(blueprint: Blueprint) -> None:
    """The routes below /tickets/<reference>/scheduled/<message>."""

    @blueprint.get("/tickets/<reference>/scheduled/<uuid:message>")
    @authorised("tickets.read", by="session", counts_as_use=False)
    def scheduled_message(reference: str, message: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            team_of(connection, reference, principal())
            return {"scheduled": is_scheduled(connection, reference, message)}

    @blueprint.post("/tickets/<reference>/scheduled/<uuid:message>/undo")
    @authorised("tickets.write", by="session")
    def undo_message(reference: str, message: UUID) -> ResponseReturnValue:
        try:
            with deps().engine.begin() as connection:
                principal().require_write(team_of(connection, reference, principal()))
                action = cancel_message(connection, message, principal())
        except Conflict:
            return to_ticket(reference, "too-late")
        return redirect(url_for("console.ticket", reference=reference, do=action, done="undone") + "#act", 303)

    @blueprint.post("/tickets/<reference>/scheduled/<uuid:message>/now")
    @authorised("tickets.write", by="session")
    def send_message_now(reference: str, message: UUID) -> ResponseReturnValue:
        try:
            with deps().engine.begin() as connection:
                principal().require_write(team_of(connection, reference, principal()))
                is_sent = send_now(connection, deps().actions, deps().rulesets, message, principal())
        except Conflict:
            return to_ticket(reference, "too-late")
        return to_ticket(reference, "sent" if is_sent else "not-sent")

    @blueprint.post("/tickets/<reference>/scheduled/<uuid:message>/discard")
    @authorised("tickets.write", by="session")
    def discard_message(reference: str, message: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            principal().require_write(team_of(connection, reference, principal()))
            discard_draft(connection, message, principal())
        return to_ticket(reference, "discarded")
