"""PostgreSQL or Redis stop answering without a word, or come back empty; everything recovers by itself."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
from sqlalchemy import Engine, create_engine, text

from local.servers.server import Server
from shared.storage.migrate import migrate
from tests.faults.events.conftest import Start, effects_of, recorded, waiting
from tests.faults.events.worker import WAITER
from tests.polling import eventually

WORKER = "tests.faults.events.worker"
RELAY = "shared.events.relay"
TICKETS = [f"T-0000-{number:04}" for number in range(40)]


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """SIGSTOP for the process and its children while the block runs."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    try:
        for process in family:
            with suppress(psutil.NoSuchProcess):  # a session's process may end as its client goes
                process.suspend()
        yield
    finally:
        for process in reversed(family):
            with suppress(psutil.NoSuchProcess):
                process.resume()


def children(process: "subprocess.Popen[bytes]") -> set[int]:
    return {child.pid for child in psutil.Process(process.pid).children()}


def test_a_worker_process_that_starts_while_postgres_is_frozen_is_left_alive(
    own_postgres: Server, start: Start, redis_url: str, tmp_path: Path
) -> None:
    """Its first look at Postgres takes longer than Celery lets a process start; it must not be killed for that."""
    migrate(own_postgres.url.replace("postgresql://", "postgresql+psycopg://"))
    with psycopg.connect(own_postgres.url) as admin:
        admin.execute("create table effects (seq bigserial, event_id uuid, ticket text)")
    worker = start(WORKER, VIDARE_DATABASE_URL=own_postgres.url)
    log = tmp_path / f"{WORKER}.0.log"
    engine = create_engine(own_postgres.url.replace("postgresql://", "postgresql+psycopg://"))
    start(RELAY, VIDARE_DATABASE_URL=own_postgres.url)
    recorded(engine, TICKETS[0])
    eventually(lambda: waiting(engine) == 0)
    engine.dispose()
    with frozen(own_postgres.pid):
        before = children(worker)
        os.kill(min(before), signal.SIGKILL)
        (born,) = eventually(lambda: children(worker) - before)
        eventually(lambda: "could not make due what is in flight" in log.read_text())
        assert born in children(worker)
        assert "Timed out waiting for UP" not in log.read_text()


def all_handled_once(engine: Engine) -> bool:
    assert waiting(engine) == 0
    assert sorted(effects_of(engine)) == TICKETS
    return True


def test_redis_freezes_and_comes_to_itself(effects: Engine, start: Start, own_redis: Server, tmp_path: Path) -> None:
    start(RELAY, VIDARE_REDIS_URL=own_redis.url)
    start(WORKER, VIDARE_REDIS_URL=own_redis.url)
    recorded(effects, *TICKETS[:20])
    eventually(lambda: waiting(effects) == 0)
    with frozen(own_redis.pid):
        recorded(effects, *TICKETS[20:])
        eventually(lambda: "relay waits" in (tmp_path / f"{RELAY}.0.log").read_text())
    eventually(lambda: all_handled_once(effects))


def test_redis_dies_and_comes_back_empty(effects: Engine, start: Start, own_redis: Server, tmp_path: Path) -> None:
    start(RELAY, VIDARE_REDIS_URL=own_redis.url)
    start(WORKER, VIDARE_REDIS_URL=own_redis.url)
    for part in (TICKETS[:10], TICKETS[10:25], TICKETS[25:]):
        recorded(effects, *part)
        own_redis.kill()
        own_redis.start()
    eventually(lambda: all_handled_once(effects))


def test_a_worker_whose_task_ends_while_redis_is_away_goes_on_consuming(
    start: Start, effects: Engine, own_redis: Server, tmp_path: Path
) -> None:
    """With its only slot kept for a message that it could not acknowledge it would never lease another."""
    blocker = tmp_path / "blocker"
    blocker.touch()
    start(RELAY, VIDARE_REDIS_URL=own_redis.url)
    start(WORKER, VIDARE_REDIS_URL=own_redis.url, CONCURRENCY="1", BLOCKER=str(blocker))
    recorded(effects, TICKETS[0])
    eventually(lambda: effects_of(effects) == [TICKETS[0]])
    recorded(effects, WAITER)
    eventually(lambda: is_held(effects, WAITER))
    own_redis.kill()
    blocker.unlink()
    eventually(lambda: WAITER in effects_of(effects))
    own_redis.start()
    recorded(effects, *TICKETS[1:])
    eventually(lambda: waiting(effects) == 0)
    assert sorted(effects_of(effects)) == sorted([*TICKETS, WAITER])


def is_held(engine: Engine, ticket: str) -> bool:
    """Whether a consumer holds the ticket's delivery at this moment: its row is locked."""
    with engine.connect() as connection:
        free = connection.execute(
            text("select from events.deliveries where ticket = :ticket for update skip locked"), {"ticket": ticket}
        )
        return free.first() is None
