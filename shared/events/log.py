"""Recording: the log row and its delivery rows, in the caller's transaction."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text

from shared.events.contracts import Event, subscribers_of

_RECORD = text("select events.record(cast(:batch as jsonb))")


def record(connection: Connection, events: Sequence[Event]) -> list[int]:
    """Record events and one delivery for each subscriber; returns the log ids in the order given.

    It is the only way out of a service. Nothing is sent before the caller's transaction commits, and nothing is lost after. The
    call holds a lock on each event's ticket until then, so keep what follows it short.
    """
    if not events:
        return []
    ids: list[int] = connection.execute(_RECORD, {"batch": batch_document(events)}).scalar_one()
    return ids


def batch_document(events: Sequence[Event]) -> str:
    """The argument of the SQL function `events.record`, for use cases that call it inside a statement of their own."""
    return json.dumps(
        [
            {
                "event_id": str(event.event_id),
                "type": event.type,
                "version": event.version,
                "ticket": event.ticket,
                "first": event.first,
                "correlation_id": event.correlation_id,
                "payload": event.payload,
                "personal": event.personal,
                "subscribers": subscribers_of(event),
            }
            for event in events
        ]
    )
