"""What became of e-mails about a ticket, on its timeline."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text

from shared.errors import TransientError
from shared.events.contracts import RecordedEvent

_NOTE = text("""
    insert into triage.timeline (ticket, at, kind, facts)
    select ticket, at, 'email', facts
    from jsonb_to_recordset(cast(:lines as jsonb)) as line (ticket text, at timestamptz, facts jsonb)
    where exists (select from triage.tickets where reference = line.ticket)
      and not exists (select from triage.timeline t where t.ticket = line.ticket and t.facts ->> 'event' = line.facts ->> 'event')
""")

_KNOWN = text("select count(*) from triage.tickets where reference = any(:references)")


def note_emails(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Write a line for each EmailStateChanged event that is about a ticket, once.

    Raises TransientError when one of the tickets is not here yet.
    """
    about = [event for event in events if event.ticket]
    if not about:
        return
    references = list({str(event.ticket) for event in about})
    if connection.execute(_KNOWN, {"references": references}).scalar_one() < len(references):
        raise TransientError("a ticket that e-mails are about is not here yet")
    lines = [
        {
            "ticket": event.ticket,
            "at": event.occurred_at.isoformat(),
            "facts": {"event": str(event.event_id), **event.payload},
        }
        for event in about
    ]
    connection.execute(_NOTE, {"lines": json.dumps(lines)})
