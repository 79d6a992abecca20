"""The log's partitions: made ahead, opened when a month is over, and never in anybody's way."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import NAMESPACE_DNS, uuid5

import psycopg
import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from shared.events.consumer import Consumer
from shared.events.contracts import Event
from shared.events.log import AnotherEvent, record, record_once
from shared.events.partitions import RANGE, keep_partitions
from shared.settings import PlatformSettings, read
from shared.storage.database import make_engine
from shared.storage.migrate import migrate
from tests.integration.shared.events.conftest import an_event, recorded
from tests.servers_of_a_run import Servers

_PARTITION = text("select tableoid::regclass::text from events.log where id = :id")
_DERIVED = uuid5(NAMESPACE_DNS, "a key")


@pytest.fixture
def fresh(servers: Servers, environment: dict[str, str]) -> Iterator[Engine]:
    """On a database of its own, since a partition that was opened stays so."""
    name = f"partitions_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    address = f"{servers.database_url.rpartition('/')[0]}/{name}"
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name} with (force)")
        connection.execute(f"create database {name}")
    migrate(address.replace("postgresql://", "postgresql+psycopg://"))
    engine = make_engine(
        read(PlatformSettings, environment | {"VIDARE_DATABASE_URL": address}), application="tests-partitions"
    )
    yield engine
    engine.dispose()
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


def _keep(engine: Engine) -> int:
    """As the tick does; returns how much there was to do."""
    done = 0
    while True:
        with engine.begin() as connection:
            if not keep_partitions(connection):
                return done
            done += 1


def _let_the_month_pass(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "update events.log_partitions set opened_at = opened_at - interval '32 days' where opened_at is not null"
            )
        )


def _partitions(engine: Engine) -> list[tuple[int, int, bool, bool]]:
    with engine.begin() as connection:
        rows = connection.execute(text("select * from events.log_partitions order by number"))
        return [(row.number, row.first_id, row.opened_at is not None, row.closed_at is not None) for row in rows]


def _place(engine: Engine, event: int) -> str:
    with engine.begin() as connection:
        return str(connection.execute(_PARTITION, {"id": event}).scalar_one())


def test_the_next_partition_is_made_ahead_and_once(fresh: Engine) -> None:
    assert _keep(fresh) == 1
    assert _keep(fresh) == 0
    assert _partitions(fresh) == [(1, 1, True, False), (2, RANGE, False, False)]
    assert _place(fresh, recorded(fresh, an_event())[0]) == "events.log_1"


def test_a_new_month_has_the_next_ids(fresh: Engine) -> None:
    _keep(fresh)
    [old] = recorded(fresh, Event("TicketWithdrawn", "T-AAAA-AAAA", {}, "c"))
    _let_the_month_pass(fresh)
    assert _keep(fresh) == 2
    [new] = recorded(fresh, Event("TicketWithdrawn", "T-AAAA-AAAA", {}, "c"))
    assert _partitions(fresh) == [(1, 1, True, True), (2, RANGE, True, False), (3, 2 * RANGE, False, False)]
    assert (new, _place(fresh, old), _place(fresh, new)) == (RANGE, "events.log_1", "events.log_2")
    handled: list[int] = []

    def handle(_: Connection, events: object) -> None:
        handled.extend(event.id for event in events)  # type: ignore[attr-defined]

    assert Consumer(fresh, "triage", {"TicketWithdrawn": handle}).consume([new, old]) == 2
    assert handled == [old, new]


def test_a_partition_that_was_made_ahead_refuses_changes_too(fresh: Engine) -> None:
    _keep(fresh)
    _let_the_month_pass(fresh)
    _keep(fresh)
    recorded(fresh, an_event())
    for change in ("update events.log set payload = '[]'", "delete from events.log", "delete from events.log_2"):
        with pytest.raises(DBAPIError, match="append-only"), fresh.begin() as connection:
            connection.execute(text(change))


def test_nobody_waits_for_a_new_partition(fresh: Engine) -> None:
    with fresh.begin() as recording, fresh.begin() as keeping, fresh.begin() as meanwhile:
        for connection in (recording, keeping, meanwhile):
            connection.execute(text("set local lock_timeout = '2s'"))
        record(recording, [an_event("T-AAAA-AAAA")])
        assert keep_partitions(keeping)
        record(meanwhile, [an_event("T-BBBB-BBBB")])
        assert meanwhile.execute(text("select count(*) from events.log")).scalar_one() == 1


def test_a_transaction_under_way_still_writes_to_the_closed_partition(fresh: Engine) -> None:
    _keep(fresh)
    _let_the_month_pass(fresh)
    with fresh.begin() as connection:
        [early] = record(connection, [an_event()])
        assert _keep(fresh) == 2
    assert _place(fresh, early) == "events.log_1"


def test_a_jump_whose_transaction_was_lost_is_completed_later(fresh: Engine) -> None:
    _keep(fresh)
    _let_the_month_pass(fresh)
    with fresh.connect() as connection:
        keep_partitions(connection)
        connection.rollback()
    [between] = recorded(fresh, an_event())
    before = datetime.now(UTC)
    assert _keep(fresh) == 2
    [after] = recorded(fresh, an_event())
    assert (between, after) == (RANGE, RANGE + 1)
    with fresh.begin() as connection:
        closed = connection.execute(text("select closed_at from events.log_partitions where number = 1")).scalar_one()
    assert closed >= before.replace(microsecond=0)


def test_two_workers_do_not_keep_at_once(fresh: Engine) -> None:
    with fresh.begin() as first, fresh.begin() as second:
        assert keep_partitions(first)
        assert not keep_partitions(second)


def test_a_derived_id_is_unique_in_all_partitions(fresh: Engine) -> None:
    _keep(fresh)
    event = Event("TicketNoted", None, {"by": "a"}, "c", {"message": "m"}, event_id=_DERIVED)
    with fresh.begin() as connection:
        assert record_once(connection, event)
    _let_the_month_pass(fresh)
    _keep(fresh)
    with fresh.begin() as connection:
        assert not record_once(connection, event)
        with pytest.raises(AnotherEvent):
            record_once(connection, Event("TicketNoted", None, {"by": "b"}, "c", {"message": "m"}, event_id=_DERIVED))
    with pytest.raises(IntegrityError), fresh.begin() as connection:
        record(connection, [event])
