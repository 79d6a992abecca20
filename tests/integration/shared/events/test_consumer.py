"""The consumer: once each, all or nothing, a bad event hurts only itself."""

import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, Engine, text

from shared.errors import PermanentError, TransientError
from shared.events.backlog import backlog, fold_handled, handled
from shared.events.consumer import BUCKETS, Consumer
from shared.events.contracts import RecordedEvent
from shared.events.failures import MAX_FAILURES
from shared.events.parked import list_parked, replay_parked
from tests.integration.shared.events.conftest import an_event, delivery, effects_of, make_due, recorded, write_effect

POISON = "T-P01S-0N00"


def consumer(engine: Engine, error: type[Exception] = ValueError) -> Consumer:
    """One that writes an effect for each event and raises `error` for the poisonous ticket."""

    def handle(connection: Connection, events: Sequence[RecordedEvent]) -> None:
        write_effect(connection, events)
        if any(event.ticket == POISON for event in events):
            raise error("bad event")

    return Consumer(engine, "triage", {"TicketWithdrawn": handle})


def test_deliveries_are_handled_once_and_gone(effects: Engine) -> None:
    numbers = recorded(effects, an_event("T-0000-0001"), an_event("T-0000-0002"))
    assert consumer(effects).consume(numbers) == 2
    assert consumer(effects).consume(numbers) == 0  # the message came twice
    assert effects_of(effects) == ["T-0000-0001", "T-0000-0002"]
    assert delivery(effects, numbers[0]) is None


def test_the_same_message_at_two_consumers_at_once_takes_effect_once(effects: Engine) -> None:
    numbers = recorded(effects, *[an_event(f"T-0000-{number:04}") for number in range(30)])
    barrier = threading.Barrier(4)

    def consume() -> None:
        barrier.wait()
        consumer(effects).consume(numbers)

    threads = [threading.Thread(target=consume) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(effects_of(effects)) == 30


def test_a_poison_event_hurts_only_itself(effects: Engine) -> None:
    numbers = recorded(effects, an_event("T-0000-0001"), an_event(POISON), an_event("T-0000-0003"))
    assert consumer(effects).consume(numbers) == 2
    assert effects_of(effects) == ["T-0000-0001", "T-0000-0003"]
    row = delivery(effects, numbers[1])
    assert row is not None
    assert (row["failures"], row["parked_at"], row["backing_off"]) == (1, None, True)
    assert row["last_error"] == "ValueError: bad event"


def test_a_backing_off_delivery_is_left_alone(effects: Engine) -> None:
    (number,) = recorded(effects, an_event(POISON))
    consumer(effects).consume([number])
    consumer(effects).consume([number])  # a late message
    row = delivery(effects, number)
    assert row is not None
    assert row["failures"] == 1


def test_an_unknown_error_parks_after_its_failures(effects: Engine) -> None:
    (number,) = recorded(effects, an_event(POISON))
    for _ in range(MAX_FAILURES):
        row = delivery(effects, number)
        assert row is not None
        assert row["parked_at"] is None
        make_due(effects)
        consumer(effects).consume([number])
    row = delivery(effects, number)
    assert row is not None
    assert row["parked_at"] is not None


def test_a_permanent_error_parks_at_once(effects: Engine) -> None:
    (number,) = recorded(effects, an_event(POISON))
    consumer(effects, PermanentError).consume([number])
    row = delivery(effects, number)
    assert row is not None
    assert row["parked_at"] is not None


def test_a_type_without_a_handler_is_parked(effects: Engine) -> None:
    (number,) = recorded(effects, an_event())
    Consumer(effects, "triage", {}).consume([number])
    row = delivery(effects, number)
    assert row is not None
    assert row["parked_at"] is not None


def test_a_transient_error_backs_off_and_counts_towards_nothing(effects: Engine) -> None:
    (number,) = recorded(effects, an_event(POISON))
    for _ in range(MAX_FAILURES + 3):
        make_due(effects)
        consumer(effects, TransientError).consume([number])
    row = delivery(effects, number)
    assert row is not None
    assert (row["failures"], row["delays"], row["parked_at"]) == (0, MAX_FAILURES + 3, None)


def test_a_transient_error_of_a_day_is_parked(effects: Engine) -> None:
    (number,) = recorded(effects, an_event(POISON))
    with effects.begin() as connection:
        connection.execute(text("update events.deliveries set delayed_since = clock_timestamp() - interval '25 hours'"))
    consumer(effects, TransientError).consume([number])
    row = delivery(effects, number)
    assert row is not None
    assert row["parked_at"] is not None


@pytest.mark.parametrize(
    "statement", ["select pg_terminate_backend(pg_backend_pid())", "set statement_timeout = 1; select pg_sleep(1)"]
)
def test_errors_of_postgres_are_transient(effects: Engine, statement: str) -> None:
    (number,) = recorded(effects, an_event())

    def handle(connection: Connection, events: Sequence[RecordedEvent]) -> None:
        for part in statement.split(";"):
            connection.execute(text(part))

    assert Consumer(effects, "triage", {"TicketWithdrawn": handle}).consume([number]) == 0
    row = delivery(effects, number)
    assert row is not None
    assert (row["failures"], row["delays"], row["parked_at"], row["last_error"]) == (0, 0, None, None)
    assert consumer(effects).consume([number]) == 1


def test_a_parked_delivery_is_shown_and_replayed(effects: Engine) -> None:
    first, second = recorded(effects, an_event(POISON), an_event("T-0000-0002"))
    consumer(effects, PermanentError).consume([first])
    with effects.begin() as connection:
        (parked,) = list_parked(connection, 10)
        assert (parked.id, parked.type, parked.ticket, parked.error) == (
            f"{first}:triage",
            "TicketWithdrawn",
            POISON,
            "PermanentError: bad event",
        )
        assert list_parked(connection, 10, after=parked.id) == []
        assert replay_parked(connection, [f"{second}:triage"]) == []
        assert replay_parked(connection, [parked.id]) == [parked.id]
    healthy = Consumer(effects, "triage", {"TicketWithdrawn": write_effect})
    assert healthy.consume([first]) == 1


def test_all_parked_deliveries_are_replayed_at_once(effects: Engine) -> None:
    numbers = recorded(effects, an_event(POISON), an_event(POISON))
    for number in numbers:
        consumer(effects, PermanentError).consume([number])
    with effects.begin() as connection:
        assert len(replay_parked(connection)) == 2
        assert list_parked(connection, 10) == []


def test_a_heads_back_off_moves_its_followers(effects: Engine) -> None:
    numbers = recorded(effects, an_event(POISON), an_event(POISON), an_event("T-0000-0002"))
    consumer(effects).consume(numbers[:1])
    head, follower, other = (delivery(effects, number) for number in numbers)
    assert head
    assert follower
    assert other
    assert follower["due_at"] == head["due_at"]
    assert not other["flying"]


def test_backlog_and_histogram_tell_what_happened(effects: Engine) -> None:
    numbers = recorded(effects, *[an_event(f"T-0000-{number:04}") for number in range(3)], an_event(POISON))
    consumer(effects, PermanentError).consume(numbers)
    recorded(effects, an_event("T-0000-0009"))
    with effects.begin() as connection:
        (triage,) = backlog(connection)
        assert (triage.waiting, triage.parked) == (1, 1)
        assert triage.oldest_due_seconds > 0
        before = handled(connection, len(BUCKETS) + 1)
        fold_handled(connection, len(BUCKETS) + 1)
        assert handled(connection, len(BUCKETS) + 1) == before
    assert before[0].events == 3
    assert sum(before[0].buckets) == 3
