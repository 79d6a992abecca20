"""Limits counted in a real Redis, shared by processes, and falling back when it dies."""

from local.servers.server import Server
from shared.limits.limiter import Limiter, read_limits


def test_two_processes_count_together(redis_url: str) -> None:
    one, other = Limiter(redis_url), Limiter(redis_url)
    limits = read_limits("2/minute")
    one.count(limits, "submissions", "a")
    assert other.seconds_to_wait(limits, "submissions", "a") == 0
    other.count(limits, "submissions", "a")
    assert one.seconds_to_wait(limits, "submissions", "a") > 0


def test_looking_does_not_count(redis_url: str) -> None:
    limiter = Limiter(redis_url)
    for _ in range(20):
        assert limiter.seconds_to_wait(read_limits("2/minute"), "submissions", "b") == 0


def test_a_redis_that_dies_leaves_the_limit_standing_in_memory(own_redis: Server) -> None:
    limiter = Limiter(own_redis.url)
    limits = read_limits("2/minute")
    limiter.count(limits, "submissions", "c")
    own_redis.kill()
    for _ in range(2):
        assert limiter.seconds_to_wait(limits, "submissions", "c") == 0
        limiter.count(limits, "submissions", "c")
    assert limiter.seconds_to_wait(limits, "submissions", "c") > 0
