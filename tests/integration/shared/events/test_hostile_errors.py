"""Errors that could escape counting: unwritable messages, masked time limits, errors of PostgreSQL on a suspect."""

import json
import logging
import signal
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.errors import PermanentError, TransientError
from shared.events.consumer import SENDS_TOGETHER, Consumer
from shared.events.contracts import RecordedEvent
from shared.events.failures import MAX_SOLO_STARTS, fail
from tests.integration.shared.events.conftest import an_event, delivery, effects_of, make_due, recorded, write_effect

POISON = "T-P01S-0N00"


class Unprintable(Exception):
    """An error whose message cannot even be asked for."""

    def __str__(self) -> str:
        raise ValueError("no words")


def failing(engine: Engine, error: Exception) -> Consumer:
    def handle(connection: Connection, events: Sequence[RecordedEvent]) -> None:
        write_effect(connection, events)
        if any(event.ticket == POISON for event in events):
            raise error

    return Consumer(engine, "triage", {"TicketWithdrawn": handle})


@pytest.mark.parametrize(
    "error",
    [ValueError("a\x00b"), PermanentError("a\x00b"), TransientError("\ud800"), ValueError("\udfff"), Unprintable()],
)
def test_an_error_that_no_column_takes_is_counted_all_the_same(effects: Engine, error: Exception) -> None:
    numbers = recorded(effects, an_event(POISON), an_event("T-0000-0002"))
    assert failing(effects, error).consume(numbers) == 1
    assert effects_of(effects) == ["T-0000-0002"]
    row = delivery(effects, numbers[0])
    assert row is not None
    assert row["failures"] or row["delays"]
    assert str(row["last_error"]).startswith(type(error).__name__)


def test_an_error_of_the_database_tells_no_personal_data(effects: Engine, caplog: pytest.LogCaptureFixture) -> None:
    (number,) = recorded(effects, an_event(POISON))

    def handle(connection: Connection, events: Sequence[RecordedEvent]) -> None:
        connection.execute(text("create temporary table people (email text primary key) on commit drop"))
        for _ in range(2):
            connection.execute(text("insert into people values (:email)"), {"email": "asa@example.org"})

    with caplog.at_level(logging.DEBUG):
        Consumer(effects, "triage", {"TicketWithdrawn": handle}).consume([number])
    row = delivery(effects, number)
    assert row is not None
    assert "people_pkey" in str(row["last_error"])
    assert "asa@" not in str(row["last_error"])
    assert "asa@" not in caplog.text + json.dumps([str(record.__dict__) for record in caplog.records])


@pytest.mark.parametrize("sends", [1, SENDS_TOGETHER + 1])
def test_errors_of_postgres_never_park_anything(effects: Engine, sends: int) -> None:
    (number,) = recorded(effects, an_event())

    def handle(connection: Connection, events: Sequence[RecordedEvent]) -> None:
        connection.execute(text("set local statement_timeout = 1"))
        connection.execute(text("select pg_sleep(1)"))

    consumer = Consumer(effects, "triage", {"TicketWithdrawn": handle})
    for _ in range(MAX_SOLO_STARTS + 2):
        make_due(effects)
        with effects.begin() as connection:
            connection.execute(text("update events.deliveries set sends = :sends"), {"sends": sends})
        consumer.consume([number])
    row = delivery(effects, number)
    assert row is not None
    assert (row["parked_at"], row["solo_starts"], row["failures"]) == (None, 0, 0)


@pytest.fixture
def soft_limit() -> Iterator[None]:
    """Half a second until the time limit that Celery raises from a signal."""

    def overdue(*_: Any) -> None:
        raise SoftTimeLimitExceeded

    before = signal.signal(signal.SIGALRM, overdue)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_a_time_limit_in_a_statement_counts_as_the_events_failure(effects: Engine, soft_limit: None) -> None:
    """The rollback after it fails, since the connection is busy: that must not be treated as an error of PostgreSQL."""
    (number,) = recorded(effects, an_event())

    def handle(connection: Connection, events: Sequence[RecordedEvent]) -> None:
        connection.execute(text("select pg_sleep(12)"))

    Consumer(effects, "triage", {"TicketWithdrawn": handle}).consume([number])
    row = delivery(effects, number)
    assert row is not None
    assert (row["failures"], row["last_error"]) == (1, "SoftTimeLimitExceeded: SoftTimeLimitExceeded()")


def test_a_connection_that_the_pool_could_not_give_is_a_transient_error(effects: Engine) -> None:
    (number,) = recorded(effects, an_event(POISON))
    failing(effects, PoolTimeout("QueuePool limit reached")).consume([number])
    row = delivery(effects, number)
    assert row is not None
    assert (row["failures"], row["last_error"]) == (0, None)


@pytest.mark.parametrize("error", [ValueError("late"), TransientError("late")])
def test_a_failure_counted_late_leaves_a_parked_delivery_parked(effects: Engine, error: Exception) -> None:
    """Two messages of one delivery: one parks it, the other's failure is written afterwards."""
    (number,) = recorded(effects, an_event(POISON))
    failing(effects, PermanentError("bad")).consume([number])
    with effects.begin() as connection:
        fail(connection, "triage", number, error)
    row = delivery(effects, number)
    assert row is not None
    assert row["parked_at"] is not None
    assert row["last_error"] == "PermanentError: bad"
