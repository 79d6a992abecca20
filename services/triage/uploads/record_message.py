"""Records the event of an agent's message, which leads to the e-mail: at once, or when its files are checked and
the undo of its bulk is no longer possible."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from services.triage.uploads.attach_uploads import MessageFiles
from shared.events.contracts import Event
from shared.events.log import record

_KEEP = text("""
    insert into triage.unsent_messages (entry, ticket, version, event, not_before)
    select :entry, reference, version, cast(:event as jsonb), coalesce(cast(:not_before as timestamptz), '-infinity')
    from triage.tickets where reference = :ticket
""")


def record_message(
    connection: Connection,
    entry: int,
    message: Event,
    files: MessageFiles,
    changes: Sequence[Event] = (),
    not_before: datetime | None = None,
) -> None:
    """Record `message`, the event of the timeline entry `entry`, and `changes`, other events of the same action.

    While a file is not checked, or is quarantined, and until `not_before`, the message is kept for send_checked_messages, with the
    ticket's version, by which a later change of the ticket is recognised.
    """
    if files.are_checked and not_before is None:
        record(connection, [message, *changes])
        return
    document = {
        "type": message.type,
        "event_id": str(message.event_id),
        "correlation_id": message.correlation_id,
        "payload": dict(message.payload),
        "personal": dict(message.personal or {}),
    }
    values = {"entry": entry, "ticket": message.ticket, "event": json.dumps(document), "not_before": not_before}
    connection.execute(_KEEP, values)
    record(connection, changes)
