"""Stops a scheduled message: it becomes a draft of its writer."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.triage.tickets.timeline import Line, append

_STOP = text("""
    update triage.scheduled_messages set state = 'draft', because = :because where id = :id and state = 'scheduled'
    returning ticket, writer, writer_name, action
""")
_OF_TICKET = text("""
    update triage.scheduled_messages set state = 'draft', because = 'requester_wrote' where ticket = :ticket and state = 'scheduled'
    returning ticket, writer, writer_name, action
""")


def stop_message(connection: Connection, message: UUID, because: str) -> None:
    """Nothing is sent; the timeline tells why. The caller holds the ticket's lock."""
    for row in connection.execute(_STOP, {"id": message, "because": because}):
        _tell(connection, row, because)


def stop_messages_of(connection: Connection, ticket: str) -> None:
    """The requester has written: what was to be sent may no longer fit. The caller holds the ticket's lock."""
    for row in connection.execute(_OF_TICKET, {"ticket": ticket}):
        _tell(connection, row, "requester_wrote")


def _tell(connection: Connection, row: Row[Any], because: str) -> None:
    facts = {"because": because, "action": row.action}
    append(connection, row.ticket, Line("message_not_sent", row.writer_name, row.writer, facts=facts))
