"""Processes die, freeze and lose their messages; every event takes effect exactly once."""

import os
import signal

import psycopg
import pytest
from redis import Redis
from sqlalchemy import Engine, text

from local.servers.server import Server
from shared.events.consumer import SENDS_TOGETHER
from shared.storage.migrate import migrate
from tests.faults.events.conftest import Start, effects_of, kill, recorded, waiting
from tests.faults.events.worker import KILLER
from tests.polling import eventually

WORKER = "tests.faults.events.worker"
RELAY = "shared.events.relay"
TICKETS = [f"T-0000-{number:04}" for number in range(40)]


def all_handled_once(engine: Engine, tickets: list[str]) -> bool:
    """Nothing waits, nothing is lost, nothing doubled."""
    assert waiting(engine) == 0
    assert sorted(effects_of(engine)) == sorted(tickets)
    return True


@pytest.mark.parametrize("edge", ["consumer.handled", "consumer.finished"])
def test_a_consumer_killed_between_its_writes_and_its_commit(effects: Engine, start: Start, edge: str) -> None:
    recorded(effects, *TICKETS)
    start(RELAY)
    dying = start(WORKER, VIDARE_CRASH_AT=edge)

    def sent() -> bool:
        with effects.connect() as connection:
            return bool(connection.execute(text("select max(sends) from events.deliveries")).scalar_one() >= 2)

    eventually(sent)  # it was leased, and was redelivered
    assert effects_of(effects) == []
    kill(dying)
    start(WORKER)
    eventually(lambda: all_handled_once(effects, TICKETS))


@pytest.mark.parametrize("edge", ["relay.leased", "relay.published"])
def test_a_relay_killed_between_lease_and_publish(effects: Engine, start: Start, edge: str) -> None:
    recorded(effects, *TICKETS)
    start(WORKER)
    dying = start(RELAY, VIDARE_CRASH_AT=edge)
    assert dying.wait(60) == 137
    start(RELAY)
    eventually(lambda: all_handled_once(effects, TICKETS))


def test_an_event_that_kills_its_worker_is_parked_and_hurts_nobody_else(effects: Engine, start: Start) -> None:
    numbers = recorded(effects, *TICKETS[:10], KILLER, *TICKETS[10:])
    start(RELAY)
    start(WORKER)

    def hurry() -> bool:
        """Let the redelivery's growing waits pass; the counting is what matters here."""
        with effects.begin() as connection:
            connection.execute(
                text(
                    "update events.deliveries set due_at = clock_timestamp() where due_at > clock_timestamp() + interval '2 seconds'"
                )
            )
            row = connection.execute(
                text("select last_error from events.deliveries where id = :id and parked_at is not null"),
                {"id": numbers[10]},
            ).first()
        return bool(row and row.last_error == "its worker died")

    eventually(hurry, within=90, every=0.5)
    assert sorted(effects_of(effects)) == sorted(TICKETS)


def test_a_worker_without_children_outlives_an_event_that_kills(effects: Engine, start: Start) -> None:
    (killer,) = recorded(effects, KILLER)
    start(RELAY)
    workers = [start(WORKER, CONCURRENCY="1")]

    def parked() -> bool:
        if workers[-1].poll() is not None:
            workers.append(start(WORKER, CONCURRENCY="1"))
        with effects.begin() as connection:
            hurried = "update events.deliveries set due_at = clock_timestamp() where due_at > clock_timestamp() + interval '3 seconds'"
            connection.execute(text(hurried))
            row = connection.execute(
                text("select parked_at from events.deliveries where id = :id"), {"id": killer}
            ).one()
        return row.parked_at is not None

    eventually(parked, within=90, every=0.5)
    # Among others it may end the worker's own process, and once alone; then it has others.
    assert 0 < len(workers) - 1 <= SENDS_TOGETHER + 1
    recorded(effects, *TICKETS)
    eventually(lambda: sorted(effects_of(effects)) == sorted(TICKETS))


def test_what_was_sent_in_vain_while_all_workers_were_away_is_no_suspect(effects: Engine, start: Start) -> None:
    tickets = [f"T-0000-{number:04}" for number in range(200)]
    recorded(effects, *tickets)
    with effects.begin() as connection:
        connection.execute(text("update events.deliveries set sends = 6"))
    start(RELAY)
    start(WORKER, CONCURRENCY="1")
    eventually(lambda: all_handled_once(effects, tickets))


def test_a_frozen_worker_does_not_stop_the_others(effects: Engine, start: Start) -> None:
    start(RELAY)
    frozen = start(WORKER)
    recorded(effects, TICKETS[0])
    eventually(lambda: waiting(effects) == 0)
    os.killpg(frozen.pid, signal.SIGSTOP)
    try:
        recorded(effects, *TICKETS[1:])
        start(WORKER)
        eventually(lambda: all_handled_once(effects, TICKETS))
    finally:
        os.killpg(frozen.pid, signal.SIGCONT)
    recorded(effects, "T-0000-LAST")
    eventually(lambda: all_handled_once(effects, [*TICKETS, "T-0000-LAST"]))


def test_flushall_in_mid_flight(effects: Engine, start: Start, redis_url: str) -> None:
    start(RELAY)
    start(WORKER)
    with Redis.from_url(redis_url) as redis:
        for ticket in TICKETS:
            recorded(effects, ticket)
            redis.flushall()
    eventually(lambda: all_handled_once(effects, TICKETS))


def test_every_backend_of_postgres_is_ended(effects: Engine, start: Start, database_url: str) -> None:
    start(RELAY)
    start(WORKER)
    recorded(effects, TICKETS[0])
    eventually(lambda: waiting(effects) == 0)
    with psycopg.connect(database_url, autocommit=True) as admin:
        for ticket in TICKETS[1:]:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and application_name in ('faults', 'vidare-relay')"
            )
            admin.execute("select events.record(%s::jsonb)", [_batch(ticket)])
    eventually(lambda: all_handled_once(effects, TICKETS))


def _batch(ticket: str) -> str:
    from shared.events.contracts import ticket_withdrawn
    from shared.events.log import batch_document

    return batch_document([ticket_withdrawn(ticket, "test")])


def test_every_message_doubled(effects: Engine, start: Start, redis_url: str) -> None:
    """Whatever the relay pushes is pushed a second time by somebody else."""
    recorded(effects, *TICKETS)
    relay = start(RELAY)
    with Redis.from_url(redis_url) as redis:
        eventually(lambda: redis.llen("triage") > 0)
        kill(relay)
        for raw in redis.lrange("triage", 0, -1):
            redis.lpush("triage", raw, raw)
        start(WORKER)
        eventually(lambda: redis.llen("triage") == 0)
    start(RELAY)
    eventually(lambda: all_handled_once(effects, TICKETS))


def test_postgres_restarts(own_postgres: Server, start: Start, redis_url: str) -> None:
    migrate(own_postgres.url.replace("postgresql://", "postgresql+psycopg://"))
    with psycopg.connect(own_postgres.url) as admin:
        admin.execute("create table effects (seq bigserial, event_id uuid, ticket text)")
    start(RELAY, VIDARE_DATABASE_URL=own_postgres.url)
    start(WORKER, VIDARE_DATABASE_URL=own_postgres.url)
    for part in (TICKETS[:20], TICKETS[20:]):
        with psycopg.connect(own_postgres.url) as admin:
            for ticket in part:
                admin.execute("select events.record(%s::jsonb)", [_batch(ticket)])
        own_postgres.stop()
        own_postgres.start()

    def all_there() -> bool:
        with psycopg.connect(own_postgres.url) as admin:
            rows = admin.execute("select ticket from effects").fetchall()
        return sorted(ticket for (ticket,) in rows) == sorted(TICKETS)

    eventually(all_there)
