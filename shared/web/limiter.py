"""Moving-window limits, counted in Redis; without Redis each process counts for itself.

Looking (`seconds_to_wait`) and counting (`count`) are apart, because only what was accepted counts. So a burst of requests at the
same instant may pass the limit by as many as are being served at once.
"""

import math
import threading
import time
from collections.abc import Callable, Sequence

import structlog
from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

# Seconds for one call: a limit is not worth a slow page.
_PATIENCE = 0.25
# Seconds before Redis is asked again after it failed.
_REST = 5.0

Limits = Sequence[RateLimitItem]
Question = Callable[[MovingWindowRateLimiter], int]

log = structlog.get_logger(__name__)


def read_limits(notation: str) -> tuple[RateLimitItem, ...]:
    """Limits in the notation of the `limits` library, such as `60/minute;600/hour`; empty = none. Raises ValueError."""
    return tuple(parse_many(notation)) if notation.strip() else ()


class Limiter:
    """Counts, by name and identity. Safe to share between threads."""

    def __init__(self, redis_url: str) -> None:
        self._in_memory = MovingWindowRateLimiter(MemoryStorage())
        self._redis_url = redis_url
        self._in_redis: MovingWindowRateLimiter | None = None
        self._rest_until = 0.0
        self._connecting = threading.Lock()

    def seconds_to_wait(self, limits: Limits, *identity: str) -> int:
        """0 when one more is within all `limits`, else the seconds until it will be."""
        if not limits:
            return 0
        return self._ask(lambda limiter: _wait(limiter, limits, identity))

    def count(self, limits: Limits, *identity: str) -> None:
        """One more happened."""
        if limits:
            self._ask(lambda limiter: _hit(limiter, limits, identity))

    def _ask(self, question: Question) -> int:
        if time.monotonic() >= self._rest_until:
            try:
                return question(self._redis())
            except (RedisError, OSError) as error:
                self._rest_until = time.monotonic() + _REST
                log.warning("limits are counted in memory", error=type(error).__name__)
        return question(self._in_memory)

    def _redis(self) -> MovingWindowRateLimiter:
        with self._connecting:
            if self._in_redis is None:
                storage = storage_from_string(
                    self._redis_url,
                    socket_timeout=_PATIENCE,
                    socket_connect_timeout=_PATIENCE,
                    key_prefix="vidare-limits",
                )
                assert isinstance(storage, Storage)  # noqa: S101  # an async one only from an async+ address
                self._in_redis = MovingWindowRateLimiter(storage)
            return self._in_redis


def _wait(limiter: MovingWindowRateLimiter, limits: Limits, identity: Sequence[str]) -> int:
    over = [item for item in limits if not limiter.test(item, *identity)]
    ends = [limiter.get_window_stats(item, *identity).reset_time for item in over]
    return max((max(1, math.ceil(end - time.time())) for end in ends), default=0)


def _hit(limiter: MovingWindowRateLimiter, limits: Limits, identity: Sequence[str]) -> int:
    for item in limits:
        limiter.hit(item, *identity)
    return 0
