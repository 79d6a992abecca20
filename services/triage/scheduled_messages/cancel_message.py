"""Cancels a scheduled message before it is sent, and discards drafts."""

from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.scheduled_messages.send_messages import lock_message
from services.triage.tickets.timeline import Line, append
from shared.auth.principal import Principal
from shared.errors import Forbidden

_DRAFT = text("update triage.scheduled_messages set state = 'draft', because = :because where id = :id")
_DISCARD = text("delete from triage.scheduled_messages where id = :id and writer = :writer and state = 'draft'")


def cancel_message(connection: Connection, message: UUID, person: Principal) -> str:
    """The message becomes a draft of its writer, who does that, or a lead of the team. Returns the name of its action.

    Raises Conflict when it is no longer scheduled, Forbidden.
    """
    ticket, row = lock_message(connection, message)
    is_own = row.writer == person.id
    if not (is_own or person.may_take_over(ticket.team)):
        raise Forbidden("Another person wrote this message.")
    connection.execute(_DRAFT, {"id": message, "because": None if is_own else "cancelled"})
    if row.kind == "later":
        facts = {"action": row.action, "writer": row.writer_name}
        append(connection, row.ticket, Line("message_unscheduled", person.name, person.id, facts=facts))
    return str(row.action)


def discard_draft(connection: Connection, message: UUID, writer: Principal) -> None:
    """Delete one's own draft; of what is gone, or is no draft of theirs, nothing."""
    connection.execute(_DISCARD, {"id": message, "writer": writer.id})
