"""Records the states of e-mails on the timelines of their tickets."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text

from shared.errors import TransientError
from shared.events.contracts import RecordedEvent

# Returns how many tickets are unknown; then nothing is appended.
_APPEND = text("""
    with line as materialized (
        select ticket, at, facts, exists (select from triage.tickets where reference = line.ticket) as known
        from jsonb_to_recordset(cast(:lines as jsonb)) as line (ticket text, at timestamptz, facts jsonb)
    ), appended as (
        insert into triage.timeline (ticket, at, kind, facts)
        select ticket, at, 'email', facts from line
        where not exists (select from line where not known)
          and not exists (
              select from triage.timeline t where t.ticket = line.ticket and t.facts ->> 'event' = line.facts ->> 'event')
    )
    select count(*) from line where not known
""")


def record_emails(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Append a timeline entry for each EmailStateChanged event that is about a ticket, once.

    Raises TransientError for a ticket that is not routed yet.
    """
    about = [event for event in events if event.ticket]
    if not about:
        return
    lines = [
        {
            "ticket": event.ticket,
            "at": event.occurred_at.isoformat(),
            "facts": {"event": str(event.event_id), **event.payload},
        }
        for event in about
    ]
    if connection.execute(_APPEND, {"lines": json.dumps(lines)}).scalar_one():
        raise TransientError("a ticket that e-mails are about is not routed yet")
