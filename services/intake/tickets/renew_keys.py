"""Renew both keys of tickets, as an agent asked. Links with the keys before then answer as wrong keys do."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from shared.events.contracts import RecordedEvent, ticket_keys_renewed
from shared.events.log import record

_RENEW = text("""
    update intake.submissions set key_number = key_number + 1, key_event = :event
    where reference = :reference and coalesce(key_event, 0) < :event
    returning key_number
""")


def renew_keys(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Handle KeyRenewalRequested: each renews the keys once, however often it comes. Unknown tickets are left out."""
    recorded = []
    for event in sorted(events, key=lambda one: (one.ticket or "", one.id)):
        number = connection.execute(_RENEW, {"reference": event.ticket, "event": event.id}).scalar_one_or_none()
        if number is not None:
            recorded.append(ticket_keys_renewed(str(event.ticket), event.correlation_id, {"key_number": number}))
    record(connection, recorded)
