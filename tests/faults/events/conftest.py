"""A real relay and a real Celery worker as processes, to be killed, frozen and robbed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine, text

from shared.events.contracts import ticket_withdrawn
from shared.events.log import record

Start = Callable[..., "subprocess.Popen[bytes]"]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def effects(engine: Engine) -> Iterator[Engine]:
    """The engine, with a table `effects` that the worker writes to."""
    with engine.begin() as connection:
        connection.execute(text("drop table if exists effects"))
        connection.execute(text("create table effects (seq bigserial, event_id uuid, ticket text)"))
    yield engine
    with engine.begin() as connection:
        connection.execute(text("drop table effects"))


@pytest.fixture
def start(environment: dict[str, str], redis_url: str, tmp_path: Path) -> Iterator[Start]:
    """Start `python -m <module>` with more settings; each ends with the test, its children too."""
    running: list[subprocess.Popen[bytes]] = []

    def run(module: str, **more: str) -> "subprocess.Popen[bytes]":
        log = (tmp_path / f"{module}.{len(running)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            env={**os.environ, **environment, **more},
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        running.append(process)
        return process

    yield run
    for process in running:
        kill(process)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """kill -9 the process and its children, at once."""
    try:
        family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
    except psutil.NoSuchProcess:
        family = []
    for member in family:
        try:
            member.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue
    process.wait(60)


def recorded(engine: Engine, *tickets: str) -> list[int]:
    """Record one event a ticket, in one transaction."""
    with engine.begin() as connection:
        return record(connection, [ticket_withdrawn(ticket, "test") for ticket in tickets])


def effects_of(engine: Engine) -> list[str]:
    """The tickets of all effects, in the order written."""
    with engine.connect() as connection:
        return list(connection.execute(text("select ticket from effects order by seq")).scalars())


def waiting(engine: Engine) -> int:
    """Deliveries that are neither handled nor parked."""
    with engine.connect() as connection:
        return int(
            connection.execute(text("select count(*) from events.deliveries where parked_at is null")).scalar_one()
        )
