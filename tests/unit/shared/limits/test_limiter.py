"""Limits that survive Redis being away."""

import threading
import time

import pytest

from local.ports import free_ports
from shared.http.networks import network_of
from shared.limits.limiter import Limiter, read_limits


@pytest.fixture
def without_redis() -> Limiter:
    return Limiter(f"redis://127.0.0.1:{free_ports(1)[0]}/0")


def test_without_redis_the_process_counts_for_itself(without_redis: Limiter) -> None:
    limits = read_limits("3/minute;5/hour")
    for _ in range(3):
        assert without_redis.seconds_to_wait(limits, "submissions", "192.0.2.1") == 0
        without_redis.count(limits, "submissions", "192.0.2.1")
    assert 0 < without_redis.seconds_to_wait(limits, "submissions", "192.0.2.1") <= 60
    assert without_redis.seconds_to_wait(limits, "submissions", "192.0.2.2") == 0
    assert without_redis.seconds_to_wait(limits, "other", "192.0.2.1") == 0


def test_an_empty_limit_is_none(without_redis: Limiter) -> None:
    for _ in range(100):
        without_redis.count(read_limits(""), "x")
    assert without_redis.seconds_to_wait(read_limits(""), "x") == 0


def test_a_redis_that_is_away_costs_a_moment_once(without_redis: Limiter) -> None:
    started = time.monotonic()
    threads = [
        threading.Thread(
            target=lambda: [without_redis.seconds_to_wait(read_limits("9/minute"), "x") for _ in range(50)]
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("notation", ["many", "60/fortnight", "x;y", "60"])
def test_a_malformed_limit_is_told(notation: str) -> None:
    with pytest.raises(ValueError):
        read_limits(notation)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        (None, "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_the_network_of_an_address(address: str | None, network: str) -> None:
    assert network_of(address) == network
