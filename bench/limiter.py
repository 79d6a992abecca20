"""Intake with our limiter beside intake with the `limits` library's: `python -m bench.limiter` (decision 0011).

Both count the default limits in Redis. Each request comes from an address of its own, as most do in production.
"""

import math
import os
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from statistics import median
from typing import Any, TypeVar

from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from bench.harness.load import Load
from bench.harness.pair import in_turns
from bench.harness.processor import core_seconds
from bench.harness.programs import ceiling, ours
from bench.harness.servers import servers
from bench.intake import CONNECTIONS, SECONDS, WARM_UP, submission
from bench.pages.row import Row
from local.ports import free_ports
from shared.limits.limiter import Ask, Limits, Reservation
from shared.runtime import web
from shared.runtime.processes import ProcessSettings, Web, process
from shared.settings import read

ROUNDS = 9
PATIENCE, PAUSE = 0.25, 5.0  # seconds, as in shared.limits.limiter
T = TypeVar("T")


class CheckAndCount:
    """The interface of shared.limits.limiter.Limiter, by the library alone: a call for each check and each count.

    It cannot cancel a count, so `confirm` counts: requests that are under way at once can exceed a limit together.
    """

    def __init__(self, redis_url: str) -> None:
        redis = RedisStorage(redis_url, wrap_exceptions=True, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self._in_redis, self._in_memory = MovingWindowRateLimiter(redis), MovingWindowRateLimiter(MemoryStorage())
        self._pause_until = 0.0

    def seconds_to_wait(self, limits: Limits, *identity: str) -> int:
        return self._either(lambda limiter: _wait(limiter, (limits, identity)))

    def count(self, limits: Limits, *identity: str) -> None:
        self._count([(limits, identity)])

    def reserve(self, *asks: Ask) -> Reservation:
        waits = self._either(lambda limiter: tuple(_wait(limiter, ask) for ask in asks))
        return Reservation(waits, lambda: self._count(asks), lambda: None)

    def _count(self, asks: Iterable[Ask]) -> None:
        self._either(lambda limiter: _hit(limiter, asks))

    def _either(self, work: Callable[[MovingWindowRateLimiter], T]) -> T:
        if time.monotonic() >= self._pause_until:
            try:
                return work(self._in_redis)
            except StorageError:
                self._pause_until = time.monotonic() + PAUSE
        return work(self._in_memory)


class CountOnly(CheckAndCount):
    """Half the calls, and not the same: a request over one limit counts towards the others, and so does one that fails."""

    def reserve(self, *asks: Ask) -> Reservation:
        within = self._either(lambda limiter: _hit(limiter, asks))
        return Reservation((0 if within else 1,) * len(asks), lambda: None, lambda: None)


VARIANTS = {"check-and-count": CheckAndCount, "count-only": CountOnly}
VARIABLE = "BENCH_LIMITER"


def _wait(limiter: MovingWindowRateLimiter, ask: Ask) -> int:
    limits, identity = ask
    over = [item for item in limits if not limiter.test(item, *identity)]
    ends = [limiter.get_window_stats(item, *identity).reset_time for item in over]
    return max((max(1, math.ceil(end - time.time())) for end in ends), default=0)


def _hit(limiter: MovingWindowRateLimiter, asks: Iterable[Ask]) -> bool:
    counted = [limiter.hit(item, *identity) for limits, identity in asks for item in limits]
    return all(counted)


def rows() -> Iterator[Row]:
    """Yields a figure for each variant as soon as it is measured."""
    with servers() as environment:
        default = {name: value for name, value in environment.items() if not name.startswith("VIDARE_LIMIT_")}
        for variant in VARIANTS:
            yield _row(variant, {**default, "VIDARE_PROXIES": "1", VARIABLE: variant})


def _row(variant: str, environment: Mapping[str, str]) -> Row:
    base, library = free_ports(2)
    ways = ours("intake", environment, VIDARE_BASE_PORT=str(base)), ceiling("bench.limiter", library, environment)
    with ways[0] as own, ways[1] as other:
        mine, theirs = _Measured(base, own.pid), _Measured(library, other.pid)
        pair = in_turns(mine.round, theirs.round, ROUNDS)
    against = (
        f"{pair.ours:,.0f} a core-second beside {pair.ceiling:,.0f} with the library's; rounds {pair.spread}; "
        f"{median(mine.rates):,.0f}/s beside {median(theirs.rates):,.0f}/s"
    )
    return Row(f"intake: our limiter beside the library's, {variant}", pair.ratio, "x", against=against)


class _Measured:
    """A running intake. What else runs on the machine changes its rate more than its submissions a core-second."""

    def __init__(self, port: int, pid: int) -> None:
        self._load, self._pid = Load(port, _from_anywhere, CONNECTIONS), pid
        self._load.run(WARM_UP)
        self.rates: list[float] = []

    def round(self) -> float:
        """Submissions a core-second of the process and its children."""
        before = core_seconds(self._pid)
        rate = self._load.run(SECONDS).rate
        self.rates.append(rate)
        return rate * SECONDS / (core_seconds(self._pid) - before)


_plain = submission("limiter")


def _from_anywhere(number: int) -> bytes:
    head, _, rest = _plain(number).partition(b"\r\n")
    address = ".".join(str(random.randint(1, 254)) for _ in range(4))
    return head + b"\r\nX-Forwarded-For: " + address.encode() + b"\r\n" + rest


def load(target: str) -> Callable[..., Any]:
    """For granian, in its worker: the application with the library's limiter."""
    from services.intake import deps

    deps.Limiter = VARIANTS[os.environ[VARIABLE]]  # type: ignore[assignment, attr-defined]
    return web.load(target)


def serve(port: int) -> None:
    """Serve intake with the library's limiter."""
    intake = process("intake")
    assert isinstance(intake, Web)
    web.run(intake, replace(read(ProcessSettings), base_port=port - intake.offset), load)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(int(sys.argv[1]))
    else:
        for row in rows():
            print(row)
