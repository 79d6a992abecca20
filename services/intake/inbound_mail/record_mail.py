"""Record that a mail is to be read. It is read later: reading needs the store, and no transaction waits for the store."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text

from shared.events.contracts import RecordedEvent

# Bounces and complaints concern notify's e-mails; notify reports them by EmailStateChanged.
OURS = ("reply", "automatic", "unknown", "unreadable")

_RECORD = text("""
    insert into intake.inbound_mails (object, kind, ticket, size, correlation_id, received_at)
    select object, kind, ticket, size, correlation_id, received_at
    from jsonb_to_recordset(cast(:mails as jsonb)) as mail (
        object text, kind text, ticket text, size bigint, correlation_id text, received_at timestamptz)
    on conflict (object) do nothing
""")


def record_mail(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Handle MailReceived; the same event again changes nothing."""
    mails = [
        {
            "object": event.payload["object"],
            "kind": event.payload["kind"],
            "ticket": event.payload.get("reply_to"),
            "size": event.payload["size"],
            "correlation_id": event.correlation_id,
            "received_at": event.occurred_at.isoformat(),
        }
        for event in events
        if event.payload["kind"] in OURS
    ]
    connection.execute(_RECORD, {"mails": json.dumps(mails)})
