"""Recording: the log row and its delivery rows, in the caller's transaction."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from shared.events.contracts import Event
from shared.events.subscriptions import gathered_of, optional_subscribers, subscribers_of

_RECORD = text("select events.record(cast(:batch as jsonb))")
_SAME = text("""
    select (type, payload) = (:type, cast(:payload as jsonb)) and personal is not distinct from cast(:personal as jsonb)
    from events.derived_ids join events.log using (id) where derived_ids.event_id = :id
""")


class AnotherEvent(Exception):
    """An event of this id was recorded with another content."""


# What `events.record` does for a new ticket's first event, as parts of a `with` in a use case's own statement (decision 0009).
# They read the payload from a part `first`, of one row or of none, and the rest from `first_event_values`. No lock is needed, since no
# other transaction knows the ticket yet; so the order in which PostgreSQL runs the parts does not matter.
FIRST_EVENT = """
logged as (
    insert into events.log (event_id, type, version, ticket, correlation_id, payload, personal)
    select %(event_id)s, %(event_type)s, %(event_version)s, %(reference)s, %(correlation_id)s, first.payload,
           cast(%(event_personal)s as jsonb)
    from first
    returning id
), sent as (
    insert into events.deliveries (id, subscriber, ticket, due_at)
    select logged.id, subscriber, %(reference)s,
           case when subscriber = any(cast(%(gathered)s as text[])) then events.gathered_due_at() else clock_timestamp() end
    from logged, unnest(cast(%(subscribers)s as text[])) as subscriber
)"""


def record(connection: Connection, events: Sequence[Event]) -> list[int]:
    """Record events and one delivery for each subscriber; returns the log ids in the order given.

    Apart from FIRST_EVENT it is the only way for a service to affect another. Nothing is sent before the caller's transaction commits,
    and nothing is lost after. It locks each event's ticket until then, so keep the rest of the transaction short.
    """
    if not events:
        return []
    ids: list[int] = connection.execute(_RECORD, {"batch": batch_document(events)}).scalar_one()
    return ids


def record_once(connection: Connection, event: Event) -> bool:
    """Record an event with an id that the caller derived (a UUID of another version than 7), so that a repetition has the same. False when
    it was recorded before.

    A second caller waits for the first one's transaction. Raises AnotherEvent when the content recorded under the id differs.
    """
    try:
        with connection.begin_nested():
            record(connection, [event])
    except IntegrityError:
        content = {"payload": json.dumps(event.payload), "personal": json.dumps(event.personal)}
        same = connection.execute(_SAME, {"id": event.event_id, "type": event.type, **content}).scalar_one()
        if not same:
            raise AnotherEvent from None
        return False
    return True


def batch_document(events: Sequence[Event]) -> str:
    """The argument of the SQL function `events.record`, for use cases that call it inside a statement of their own."""
    return json.dumps([_batch_item(event) for event in events])


def _batch_item(event: Event) -> dict[str, object]:
    subscribers = subscribers_of(event)
    return {
        "event_id": str(event.event_id),
        "type": event.type,
        "version": event.version,
        "ticket": event.ticket,
        "first": event.first,
        "correlation_id": event.correlation_id,
        "payload": event.payload,
        "personal": event.personal,
        "subscribers": subscribers,
        "gathered": gathered_of(event.type, subscribers),
        "optional": optional_subscribers(event),
    }


def first_event_values(event: Event) -> dict[str, object]:
    """The parameters of FIRST_EVENT, and `payload`, as JSON, for its part `first`. Subscribers have no names that need quoting."""
    subscribers = subscribers_of(event)
    return {
        "event_id": event.event_id,
        "event_type": event.type,
        "event_version": event.version,
        "reference": event.ticket,
        "correlation_id": event.correlation_id,
        "payload": json.dumps(event.payload),
        "event_personal": json.dumps(event.personal),
        "subscribers": f"{{{','.join(subscribers)}}}",
        "gathered": f"{{{','.join(gathered_of(event.type, subscribers))}}}",
    }
