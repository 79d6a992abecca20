"""Limits counted in a real Redis: moving windows, all or none, and cancelled."""

import threading
from typing import Any

import pytest
from limits import RateLimitItem
from redis import Redis

from local.servers.server import Server
from shared.limits.limiter import Limiter, read_limits
from tests.polling import eventually

NETWORK = (read_limits("3/minute;5/hour"), ("submissions", "192.0.2.1"))
ADDRESS = (read_limits("2/minute"), ("address", "anna@example.org"))


@pytest.fixture
def limiter(redis_url: str) -> Limiter:
    return Limiter(redis_url)


def test_reservations_count_until_the_limit_is_reached(limiter: Limiter) -> None:
    assert [limiter.reserve(NETWORK).waits for _ in range(3)] == [(0,)] * 3
    (wait,) = limiter.reserve(NETWORK).waits
    assert 58 <= wait <= 60
    assert 58 <= limiter.seconds_to_wait(*_spread(NETWORK)) <= 60


def test_a_refused_one_counts_in_no_limit(limiter: Limiter) -> None:
    for _ in range(2):
        limiter.reserve(NETWORK, ADDRESS)
    of_network, of_address = limiter.reserve(NETWORK, ADDRESS).waits
    assert (of_network, of_address > 0) == (0, True)
    assert limiter.reserve(NETWORK).waits == (0,)
    assert limiter.reserve(NETWORK).waits != (0,)


def test_what_did_not_come_to_be_is_given_back(limiter: Limiter) -> None:
    for _ in range(10):
        reservation = limiter.reserve(NETWORK, ADDRESS)
        assert reservation.waits == (0, 0)
        reservation.cancel()


def test_giving_back_a_refused_one_gives_nothing(limiter: Limiter) -> None:
    for _ in range(4):
        last = limiter.reserve(NETWORK)
    last.cancel()
    assert limiter.reserve(NETWORK).waits != (0,)


def test_many_at_once_take_no_more_than_there_is(limiter: Limiter) -> None:
    given: list[tuple[int, ...]] = []
    threads = [threading.Thread(target=lambda: given.append(limiter.reserve(NETWORK).waits)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert given.count((0,)) == 3


def test_the_window_moves(limiter: Limiter) -> None:
    ask = (read_limits("2/4 seconds"), ("x",))
    first, second, third = (limiter.reserve(ask).waits for _ in range(3))
    assert first == second == (0,)
    assert 0 < third[0] <= 4
    assert eventually(lambda: limiter.reserve(ask).waits == (0,))


def test_counting_goes_on_whatever_the_limit_says(limiter: Limiter) -> None:
    for _ in range(5):
        limiter.count(*_spread(ADDRESS))
    assert limiter.seconds_to_wait(*_spread(ADDRESS)) > 0


def test_keys_end_with_their_window(limiter: Limiter, redis_url: str) -> None:
    limiter.reserve(NETWORK)
    with Redis.from_url(redis_url) as client:
        left = sorted(client.ttl(key) for key in client.scan_iter("vidare-limits:*"))
    assert len(left) == 2
    assert 0 < left[0] <= 60 < left[1] <= 3600


def test_while_redis_is_away_the_process_counts_for_itself(own_redis: Server) -> None:
    limiter = Limiter(own_redis.url)
    limiter.reserve(NETWORK)
    own_redis.kill()
    for _ in range(3):
        reservation = limiter.reserve(NETWORK)
        assert reservation.waits == (0,)
        reservation.confirm()
    unkept = limiter.reserve(NETWORK)
    assert unkept.waits != (0,)


def _spread(ask: tuple[tuple[RateLimitItem, ...], tuple[str, ...]]) -> Any:
    limits, identity = ask
    return (limits, *identity)
