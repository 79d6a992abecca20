"""A small subscriber of our own: it writes one row an event into a table beside the real schemas."""

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import Connection, Engine, text

from shared.events import leases
from shared.events.contracts import Event, RecordedEvent, ticket_withdrawn
from shared.events.log import record
from shared.settings import PlatformSettings


@pytest.fixture
def effects(engine: Engine) -> Iterator[Engine]:
    """The engine, with a table `effects` that handlers of these tests write to."""
    with engine.begin() as connection:
        connection.execute(text("create table if not exists effects (seq bigserial, event_id uuid, ticket text)"))
        connection.execute(text("truncate effects"))
    yield engine
    with engine.begin() as connection:
        connection.execute(text("drop table effects"))


@pytest.fixture
def leasing(settings: PlatformSettings) -> Iterator[Engine]:
    """The relay's engine."""
    made = leases.leasing_engine(settings)
    yield made
    made.dispose()


def write_effect(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """A handler: one row an event."""
    for event in events:
        connection.execute(
            text("insert into effects (event_id, ticket) values (:id, :ticket)"),
            {"id": event.event_id, "ticket": event.ticket},
        )


def an_event(ticket: str | None = "T-AAAA-AAAA") -> Event:
    """An event of one subscriber, triage."""
    return Event("TicketWithdrawn", None, {}, "test") if ticket is None else ticket_withdrawn(ticket, "test")


def recorded(engine: Engine, *events: Event) -> list[int]:
    """Record events in a transaction of their own."""
    with engine.begin() as connection:
        return record(connection, events)


def effects_of(engine: Engine) -> list[str]:
    """The tickets of all effects, in the order written."""
    with engine.connect() as connection:
        return list(connection.execute(text("select ticket from effects order by seq")).scalars())


def delivery(engine: Engine, number: int, subscriber: str = "triage") -> dict[str, object] | None:
    """The delivery row, or None when it is handled."""
    with engine.connect() as connection:
        row = connection.execute(
            text(
                "select *, not_before > clock_timestamp() as backing_off, due_at > clock_timestamp() as flying"
                " from events.deliveries where id = :id and subscriber = :subscriber"
            ),
            {"id": number, "subscriber": subscriber},
        ).one_or_none()
    return dict(row._mapping) if row else None


def make_due(engine: Engine) -> None:
    """Let the time pass that back-off and redelivery wait for."""
    with engine.begin() as connection:
        connection.execute(
            text("update events.deliveries set due_at = clock_timestamp(), not_before = clock_timestamp()")
        )
