"""Records the states of e-mails on the timelines of their tickets."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text

from shared.errors import TransientError
from shared.events.contracts import RecordedEvent

_APPEND = text("""
    insert into triage.timeline (ticket, at, kind, facts)
    select ticket, at, 'email', facts
    from jsonb_to_recordset(cast(:lines as jsonb)) as line (ticket text, at timestamptz, facts jsonb)
    where exists (select from triage.tickets where reference = line.ticket)
      and not exists (select from triage.timeline t where t.ticket = line.ticket and t.facts ->> 'event' = line.facts ->> 'event')
""")

_KNOWN = text("select count(*) from triage.tickets where reference = any(:references)")


def record_emails(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Append a timeline entry for each EmailStateChanged event that is about a ticket, once.

    Raises TransientError for a ticket that is not routed yet.
    """
    about = [event for event in events if event.ticket]
    if not about:
        return
    references = list({str(event.ticket) for event in about})
    if connection.execute(_KNOWN, {"references": references}).scalar_one() < len(references):
        raise TransientError("a ticket that e-mails are about is not routed yet")
    lines = [
        {
            "ticket": event.ticket,
            "at": event.occurred_at.isoformat(),
            "facts": {"event": str(event.event_id), **event.payload},
        }
        for event in about
    ]
    connection.execute(_APPEND, {"lines": json.dumps(lines)})
