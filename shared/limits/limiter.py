"""Moving-window limits, counted in Redis; without Redis each process counts for itself.

`reserve` checks several limits and counts in all of them, or in none, in one round trip: the `limits` library, whose notation this is,
needs one for each check and each count (decision 0011). While Redis is down it counts in memory.
"""

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from redis import Redis
from redis.exceptions import RedisError

from shared.limits.redis_script import RedisScript
from shared.runtime.logs import logger

# Seconds for one call, so that limits never make a page slow.
_PATIENCE = 0.25
# Seconds before Redis is tried again after an error.
_REST = 5.0

# Each key is a list of the newest times, in microseconds of Redis's clock. While the limit-th newest is younger than the window, the
# limit is reached; it is free again when that time leaves the window.
_SCRIPT = """
local clock = redis.call('time')
local now = clock[1] * 1000000 + clock[2]
local stamp, waits, over = string.format('%.0f', now), {}, false
for i, key in ipairs(KEYS) do
    local nth = redis.call('lindex', key, ARGV[2 * i] - 1)
    local wait = nth and math.ceil((nth + ARGV[2 * i + 1] * 1000000 - now) / 1000000) or 0
    waits[i], over = math.max(wait, 0), over or wait > 0
end
if ARGV[1] == 'count' or ARGV[1] == 'reserve' and not over then
    for i, key in ipairs(KEYS) do
        redis.call('lpush', key, stamp)
        redis.call('ltrim', key, 0, ARGV[2 * i] - 1)
        redis.call('expire', key, ARGV[2 * i + 1])
    end
end
return {stamp, unpack(waits)}
"""

Limits = Sequence[RateLimitItem]
# Limits, and the identity that they are counted for.
Ask = tuple[Limits, Sequence[str]]
T = TypeVar("T")

log = logger(__name__)


def read_limits(notation: str) -> tuple[RateLimitItem, ...]:
    """Limits in the notation of the `limits` library, such as `60/minute;600/hour`; empty = none. Raises ValueError."""
    return tuple(parse_many(notation)) if notation.strip() else ()


@dataclass(frozen=True)
class Reservation:
    """`waits`: for each requested limit 0, or the seconds until one more is within it. Only when all are 0 it was counted.

    Call `confirm` when the counted request succeeded, else `cancel`.
    """

    waits: tuple[int, ...]
    confirm: Callable[[], None]
    cancel: Callable[[], None]


class Limiter:
    """Counts, by name and identity. Safe to share between threads."""

    def __init__(self, redis_url: str) -> None:
        self._in_memory = MovingWindowRateLimiter(MemoryStorage())
        self._redis = Redis.from_url(redis_url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE)
        self._script = RedisScript(redis_url, _SCRIPT, _PATIENCE)
        self._rest_until = 0.0
        self._memory = threading.Lock()

    def seconds_to_wait(self, limits: Limits, *identity: str) -> int:
        """0 when one more is within all `limits`, else the seconds until it will be."""
        if not limits:
            return 0
        ask = (limits, identity)
        return self._ask(lambda: max(self._run("check", [ask])[1]), lambda: self._wait_in_memory(ask))

    def count(self, limits: Limits, *identity: str) -> None:
        """Count one more, also beyond the limits."""
        if limits:
            ask = (limits, identity)
            self._ask(lambda: self._run("count", [ask]), lambda: self._count_in_memory([ask]))

    def reserve(self, *asks: Ask) -> Reservation:
        """Count one more in every limit of `asks` if it is within all of them."""
        if not any(limits for limits, _ in asks):
            return Reservation((0,) * len(asks), _nothing, _nothing)
        return self._ask(lambda: self._reserve(asks), lambda: self._reserve_in_memory(asks))

    def _ask(self, in_redis: Callable[[], T], in_memory: Callable[[], T]) -> T:
        if time.monotonic() >= self._rest_until:
            try:
                return in_redis()
            except (RedisError, OSError) as error:
                self._rest_until = time.monotonic() + _REST
                log.warning("limits are counted in memory", error=type(error).__name__)
        return in_memory()

    def _run(self, what: str, asks: Sequence[Ask]) -> tuple[str, list[int]]:
        """The time that was counted, and the seconds to wait for each single limit."""
        numbers = [number for limits, _ in asks for item in limits for number in (item.amount, item.get_expiry())]
        stamp, *waits = self._script(_keys(asks), [what, *numbers])
        return stamp, waits

    def _reserve(self, asks: Sequence[Ask]) -> Reservation:
        stamp, waits = self._run("reserve", asks)
        single = iter(waits)
        together = tuple(max((next(single) for _ in limits), default=0) for limits, _ in asks)

        def cancel() -> None:
            self._ask(lambda: self._remove(asks, stamp), _nothing)

        return Reservation(together, _nothing, _nothing if any(together) else cancel)

    def _remove(self, asks: Sequence[Ask], stamp: str) -> None:
        with self._redis.pipeline(transaction=False) as pipeline:
            for key in _keys(asks):
                pipeline.lrem(key, 1, stamp)
            pipeline.execute()

    def _reserve_in_memory(self, asks: Sequence[Ask]) -> Reservation:
        """In memory a count cannot be undone, so it is made by `confirm`."""
        waits = tuple(self._wait_in_memory(ask) for ask in asks)
        return Reservation(waits, lambda: self._count_in_memory(asks), _nothing)

    def _wait_in_memory(self, ask: Ask) -> int:
        limits, identity = ask
        with self._memory:
            over = [item for item in limits if not self._in_memory.test(item, *identity)]
            ends = [self._in_memory.get_window_stats(item, *identity).reset_time for item in over]
        return max((max(1, math.ceil(end - time.time())) for end in ends), default=0)

    def _count_in_memory(self, asks: Sequence[Ask]) -> None:
        with self._memory:
            for limits, identity in asks:
                for item in limits:
                    self._in_memory.hit(item, *identity)


def _keys(asks: Sequence[Ask]) -> list[str]:
    return [f"vidare-limits:{item.key_for(*identity)}" for limits, identity in asks for item in limits]


def _nothing() -> None:
    """Nothing to confirm or to cancel."""
