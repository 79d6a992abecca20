"""A script in a real Redis: over one connection a thread, and once more where that had died."""

import threading

import pytest
from redis import Redis
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as TooSlow

from local.ports import free_ports
from local.servers.server import Server
from shared.limits.redis_script import RedisScript

# Says how often it ran, and through which connection.
COUNT = "return {redis.call('incr', KEYS[1]), ARGV[1]}"


def test_it_answers_also_after_redis_forgot_the_script(redis_url: str) -> None:
    script = RedisScript(redis_url, COUNT, 0.5)
    assert script(["k"], ["a"]) == [1, b"a"]
    with Redis.from_url(redis_url) as client:
        client.script_flush()
    assert script(["k"], ["b"]) == [2, b"b"]


def test_a_thread_keeps_its_connection_and_has_a_new_one_when_it_was_cut(own_redis: Server) -> None:
    script = RedisScript(own_redis.url, COUNT, 0.5)
    with Redis.from_url(own_redis.url) as client:
        assert [script(["k"], ["a"])[0] for _ in range(3)] == [1, 2, 3]
        assert len(client.client_list()) == 2
        client.client_kill_filter(_type="normal", skipme=True)
        assert [script(["k"], ["a"])[0] for _ in range(2)] == [4, 5]


def test_threads_never_read_each_others_answers(redis_url: str) -> None:
    script = RedisScript(redis_url, "return {ARGV[1]}", 2.0)
    wrong: list[list[bytes]] = []

    def ask(name: str) -> None:
        wrong.extend(answer for _ in range(200) if (answer := script([], [name])) != [name.encode()])

    threads = [threading.Thread(target=ask, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_answer_that_came_too_late_is_discarded(own_redis: Server) -> None:
    script = RedisScript(own_redis.url, "return {ARGV[1]}", 0.2)
    script([], ["x"])
    with Redis.from_url(own_redis.url) as client:
        client.execute_command("CLIENT", "PAUSE", "600", "ALL")
        with pytest.raises(TooSlow):
            script([], ["late"])
        client.execute_command("CLIENT", "UNPAUSE")
    assert script([], ["now"]) == [b"now"]


def test_without_redis_it_says_so() -> None:
    with pytest.raises((RedisError, OSError)):
        RedisScript(f"redis://127.0.0.1:{free_ports(1)[0]}/0", COUNT, 0.2)(["k"], ["a"])
