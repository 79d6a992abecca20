"""Records the event of an agent's message, which leads to the e-mail: at once, or when its files are checked."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text

from services.triage.uploads.attach_uploads import MessageFiles
from shared.events.contracts import Event
from shared.events.log import record

_KEEP = text("""
    insert into triage.unsent_messages (entry, ticket, version, event)
    select :entry, reference, version, cast(:event as jsonb) from triage.tickets where reference = :ticket
""")


def record_message(
    connection: Connection, entry: int, message: Event, files: MessageFiles, changes: Sequence[Event] = ()
) -> None:
    """Record `message`, the event of the timeline entry `entry`, and `changes`, other events of the same action.

    While a file is not checked, or is quarantined, the message is kept for send_checked_messages, with the ticket's version, by which a
    later change of the ticket is recognised.
    """
    if files.are_checked:
        record(connection, [message, *changes])
        return
    document = {
        "type": message.type,
        "event_id": str(message.event_id),
        "correlation_id": message.correlation_id,
        "payload": dict(message.payload),
        "personal": dict(message.personal or {}),
    }
    values = {"entry": entry, "ticket": message.ticket, "event": json.dumps(document)}
    connection.execute(_KEEP, values)
    record(connection, changes)
