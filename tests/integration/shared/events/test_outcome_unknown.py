"""The connection is lost while a commit is under way: whether it happened or not, each event takes effect once."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import Connection, Engine, text

from local.servers.server import Server
from shared.events.backlog import fold_handled, handled
from shared.events.consumer import BUCKETS, Consumer
from shared.events.contracts import RecordedEvent
from shared.settings import PlatformSettings
from shared.storage.database import make_engine
from shared.storage.migrate import migrate
from tests.integration.shared.events.conftest import an_event, effects_of, make_due, recorded, write_effect
from tests.polling import eventually


@pytest.fixture
def own_effects(own_postgres: Server, settings: PlatformSettings) -> Iterator[Engine]:
    address = own_postgres.url.replace("postgresql://", "postgresql+psycopg://")
    migrate(address)
    engine = make_engine(replace(settings, database_url=address), application="unknown")
    with engine.begin() as connection:
        connection.execute(text("create table effects (seq bigserial, event_id uuid, ticket text)"))
    yield engine
    engine.dispose()


def consumer(engine: Engine) -> Consumer:
    return Consumer(engine, "triage", {"TicketWithdrawn": write_effect})


def _write_and_wait(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """As write_effect, in a transaction whose commit waits for the disk and for standbys; a consumer's does not by itself."""
    connection.execute(text("set local synchronous_commit to on"))
    write_effect(connection, events)


def test_a_commit_that_happened_but_was_not_heard_of(own_effects: Engine, own_postgres: Server) -> None:
    """A commit that waits for a standby is done already; ending the backend then loses only the answer."""
    waiting = Consumer(own_effects, "triage", {"TicketWithdrawn": _write_and_wait})
    numbers = recorded(own_effects, an_event("T-0000-0001"), an_event("T-0000-0002"))
    told: list[int] = []
    with psycopg.connect(own_postgres.url, autocommit=True) as admin:
        admin.execute("alter system set synchronous_standby_names = 'nobody'")
        admin.execute("select pg_reload_conf()")
        eventually(lambda: admin.execute("show synchronous_standby_names").fetchone() == ("nobody",))
        thread = threading.Thread(target=lambda: told.append(waiting.consume(numbers)))
        thread.start()
        ended = "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'"
        eventually(lambda: admin.execute(ended).fetchone())
        thread.join(20)
        admin.execute("alter system reset synchronous_standby_names")
        admin.execute("select pg_reload_conf()")
    assert told == [0]
    make_due(own_effects)
    assert consumer(own_effects).consume(numbers) == 0
    assert effects_of(own_effects) == ["T-0000-0001", "T-0000-0002"]


def test_a_commit_that_did_not_happen(effects: Engine) -> None:
    (number,) = recorded(effects, an_event("T-0000-0001"))
    with effects.begin() as connection:
        connection.execute(
            text(
                "create function end_at_commit() returns trigger language plpgsql as"
                " $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$"
            )
        )
        connection.execute(
            text(
                "create constraint trigger at_commit after insert on effects deferrable initially deferred"
                " for each row execute function end_at_commit()"
            )
        )
    assert consumer(effects).consume([number]) == 0
    with effects.begin() as connection:
        connection.execute(text("drop function end_at_commit cascade"))
    assert effects_of(effects) == []
    assert consumer(effects).consume([number]) == 1
    assert effects_of(effects) == ["T-0000-0001"]


def test_totals_stay_right_while_they_are_folded(effects: Engine) -> None:
    """Appending, folding by two and reading at once: no event is counted twice or forgotten."""
    numbers = recorded(effects, *[an_event(f"T-0000-{number:04}") for number in range(120)])
    cells, done = len(BUCKETS) + 1, threading.Event()
    sums: list[tuple[int, int]] = []

    def fold() -> None:
        while not done.is_set():
            with effects.begin() as connection:
                fold_handled(connection, cells)

    def read() -> None:
        while not done.is_set():
            with effects.begin() as connection:
                sums.extend((one.events, sum(one.buckets)) for one in handled(connection, cells))

    threads = [threading.Thread(target=work) for work in (fold, fold, read)]
    for thread in threads:
        thread.start()
    for number in numbers:
        consumer(effects).consume([number])
    done.set()
    for thread in threads:
        thread.join(20)
    with effects.begin() as connection:
        (one,) = handled(connection, cells)
    assert (one.events, sum(one.buckets)) == (120, 120)
    assert all(events == cells for events, cells in sums)
    assert [events for events, _ in sums] == sorted(events for events, _ in sums)
