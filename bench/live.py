"""Live updates: 1,000 open consoles and 50 changed tickets a second; by when they know, and what it costs."""

import asyncio
import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import psutil
from sqlalchemy import Engine, create_engine, text

from bench.harness.processor import core_seconds
from bench.harness.programs import ours
from bench.harness.servers import servers
from bench.pages.row import Row
from bench.waiting import TEAM, waiting
from local.ports import free_base
from shared.auth.tokens import make_token
from shared.auth.users import make_user
from shared.runtime.processes import Web, process

CONSOLES, READ_CLOSELY = 1_000, 100
CHANGES, A_SECOND = 1_000, 50
MEDIAN, ALMOST_ALL = 300.0, 1_500.0  # milliseconds
MEGABYTES, CORES = 150.0, 0.5

_CHANGE = text("insert into triage.timeline (ticket, kind) values (:ticket, 'breach_near')")
_NAME = b'"reference": "'


@dataclass
class Consoles:
    """Open streams, and when each change was committed and known."""

    port: int
    token: str
    committed: dict[bytes, float] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    others: list[socket.socket] = field(default_factory=list)
    received: int = 0

    async def open(self) -> list[asyncio.Task[None]]:
        """Those that are read closely, beside the others, whose events wait in the kernel: a thousand browsers run elsewhere."""
        await asyncio.to_thread(self._open_others)
        opened = [await self._connect() for _ in range(READ_CLOSELY)]
        return [asyncio.create_task(self._read(reader)) for reader in opened]

    def _open_others(self) -> None:
        for _ in range(CONSOLES - READ_CLOSELY):
            other = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            other.sendall(self._request)
            while b"id: " not in other.recv(65536):
                pass
            self.others.append(other)

    @property
    def _request(self) -> bytes:
        return f"GET /v1/live HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.token}\r\n\r\n".encode()

    async def _connect(self) -> asyncio.StreamReader:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(self._request)
        await reader.readuntil(b"id: ")
        reader.writer = writer  # type: ignore[attr-defined]  # kept open as long as it is read
        return reader

    async def _read(self, reader: asyncio.StreamReader) -> None:
        rest = b""
        while chunk := await reader.read(65536):
            now = time.monotonic()
            *whole, rest = (rest + chunk).split(b"\n\n")
            for event in whole:
                _, found, after = event.partition(_NAME)
                if found:
                    self.received += 1
                    self.delays.append((now - self.committed[after.partition(b'"')[0]]) * 1000)


def rows() -> Iterator[Row]:
    """Yields each figure."""
    web = process("live")
    assert isinstance(web, Web)
    base = free_base()
    with servers() as environment, waiting(environment["VIDARE_DATABASE_URL"], "live", CHANGES) as url:
        given = environment | {"VIDARE_DATABASE_URL": url.replace("+psycopg", ""), "VIDARE_BASE_PORT": str(base)}
        engine = create_engine(url)
        with engine.begin() as connection:
            user = make_user(connection, "agent@example.org", "Agent", "agent", [TEAM])
            token = make_token(connection, user, "bench")
        with ours("live", given, VIDARE_LIVE_STREAMS="2000") as started:
            consoles = Consoles(base + web.offset, token)
            megabytes, cores = asyncio.run(_measure(consoles, engine, started.pid))
    delays = sorted(consoles.delays)
    what = f"live: {CONSOLES:,} open consoles, {A_SECOND} changes a second"
    lost = CHANGES * READ_CLOSELY - consoles.received
    yield Row(f"{what}: events that did not come", lost, "", 0, "less")
    yield Row(f"{what}: delay, median", statistics.median(delays), "ms", MEDIAN, "less")
    yield Row(f"{what}: delay, 99th percentile", delays[int(len(delays) * 0.99)], "ms", ALMOST_ALL, "less")
    yield Row(f"{what}: memory of the process", megabytes, "MB", MEGABYTES, "less")
    yield Row(f"{what}: processor", cores, "cores", CORES, "less")


async def _measure(consoles: Consoles, engine: Engine, pid: int) -> tuple[float, float]:
    """Megabytes, not counting what processes share twice, and cores that the process used meanwhile."""
    tasks = await consoles.open()
    began, used = time.monotonic(), core_seconds(pid)
    await asyncio.to_thread(_change, consoles, engine)
    cores = (core_seconds(pid) - used) / (time.monotonic() - began)
    for _ in range(100):
        if consoles.received == CHANGES * READ_CLOSELY:
            break
        await asyncio.sleep(0.1)
    leader = psutil.Process(pid)
    memory = sum(each.memory_full_info().pss for each in (leader, *leader.children(recursive=True)))
    for other in consoles.others:
        other.close()
    for task in tasks:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks)
    return memory / 1_000_000, cores


def _change(consoles: Consoles, engine: Engine) -> None:
    """Change one ticket after another, each once."""
    began = time.monotonic()
    with engine.connect() as connection:
        tickets = list(connection.execute(text("select reference from triage.tickets")).scalars())
        # The delay begins with the commit, not with the disk.
        connection.execute(text("set synchronous_commit = off"))
        connection.commit()
        for number, ticket in enumerate(tickets):
            time.sleep(max(began + number / A_SECOND - time.monotonic(), 0.0))
            consoles.committed[ticket.encode()] = time.monotonic()  # just before the commit
            connection.execute(_CHANGE, {"ticket": ticket})
            connection.commit()
