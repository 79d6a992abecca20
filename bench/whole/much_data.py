"""A stack that has seen many tickets: its memory, and what it costs idle."""

import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine

from bench.intake import submission
from bench.pages.row import Row
from bench.visits.visits import Visits
from bench.waiting import fill
from bench.whole.cost import between, processor_seconds, proportional_memory
from bench.whole.forms import post_to_api
from bench.whole.stack import WholeStack
from bench.whole.traffic import CONNECTIONS, numbers, wait_until_handled
from local.data_directory import open_data_directory, secrets_of
from local.ports import free_ports
from local.servers import postgres

IDLE_SECONDS = 20.0
DRAINED_WITHIN = 600.0  # seconds
BURST = 10.0  # seconds of tickets, sent as fast as they are accepted, between two waits until they are handled


def see_tickets(stack: WholeStack, tickets: int) -> None:
    """Send tickets until the stack has seen so many, those before counted, and wait until they are handled."""
    visits = Visits(stack.port, post_to_api(submission("memory")), CONNECTIONS)
    while numbers(stack).accepted < tickets:
        visits.run(BURST)
        wait_until_handled(stack, DRAINED_WITHIN)


def fill_stopped(folder: Path, tickets: int) -> None:
    """Put so many open tickets into the database of the stack that is stopped in `folder`."""
    directory = open_data_directory(folder)
    try:
        (port,) = free_ports(1)
        server = postgres.start(folder, port, password=secrets_of(directory).database_password)
        try:
            engine = create_engine(server.url.replace("postgresql://", "postgresql+psycopg://"))
            fill(engine, tickets)
            engine.dispose()
        finally:
            server.stop()
    finally:
        directory.lock.close()


def idle(stack: WholeStack, what: str, required: float | None) -> Iterator[Row]:
    """The processor time that it uses with nothing to do; `what`: its data, in the rows' names; `required`: % of a core."""
    before = processor_seconds(stack)
    time.sleep(IDLE_SECONDS)
    used = between(before, processor_seconds(stack))
    for name, seconds in used.items():
        yield Row(f"whole, idle{what}: {name}", 100 * seconds / IDLE_SECONDS, "% of a core")
    share = 100 * sum(used.values()) / IDLE_SECONDS
    yield Row(f"whole, idle{what}: all processes", share, "% of a core", required, "less")


def memory(stack: WholeStack, what: str, required: float) -> Iterator[Row]:
    """PSS: pages that processes share are divided among them. `what`: when, in the rows' names; `required`: MiB."""
    found = proportional_memory(stack)
    for name, mib in found.items():
        yield Row(f"whole, {what}: memory of {name}", mib, "MiB")
    yield Row(f"whole, {what}: memory of all processes", sum(found.values()), "MiB", required, "less")
