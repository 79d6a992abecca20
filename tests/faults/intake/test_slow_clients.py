"""A served intake before clients that stall, drip, or announce more than they may: others are served meanwhile."""

import time
from collections.abc import Iterator

import pytest

from tests.faults.served import Served, received, served
from tests.polling import eventually

BODY_SECONDS = 12  # and so two seconds of silence: a difference that a busy machine still measures
# More than the server has threads, so that it would stand still if each held one.
STALLED = 40
HEAD = (
    "POST /v1/tickets HTTP/1.1\r\nHost: intake\r\nContent-Type: application/json\r\n"
    "Accept: application/json\r\nContent-Length: {length}\r\n\r\n"
)


@pytest.fixture(scope="module")
def intake(environment: dict[str, str]) -> Iterator[Served]:
    with served("intake", environment, VIDARE_BODY_SECONDS=str(BODY_SECONDS), VIDARE_LIMIT_REFUSED="") as made:
        yield made


def test_a_body_that_never_comes_is_given_up_and_the_connection_closed(intake: Served) -> None:
    with intake.connect() as connection:
        connection.sendall(HEAD.format(length=500).encode() + b'{"category"')
        began = time.monotonic()
        answer = received(connection)
    assert b" 408 " in answer.split(b"\r\n", 1)[0]
    assert b"application/problem+json" in answer
    assert BODY_SECONDS / 6 - 0.1 < time.monotonic() - began < BODY_SECONDS


def test_a_body_that_drips_is_given_up_once_it_takes_longer_than_anybody_may(intake: Served) -> None:
    with intake.connect() as connection:
        connection.sendall(HEAD.format(length=500).encode())
        began = time.monotonic()
        connection.settimeout(0.3)
        answer = b""
        while not answer and time.monotonic() - began < 5 * BODY_SECONDS:
            connection.sendall(b"x")
            try:
                answer = connection.recv(65536)
            except TimeoutError:
                continue
    assert b" 408 " in answer.split(b"\r\n", 1)[0]
    assert time.monotonic() - began > BODY_SECONDS


def test_stalled_clients_do_not_keep_others_from_being_served(intake: Served) -> None:
    stalled = [intake.connect() for _ in range(STALLED)]
    try:
        for connection in stalled:
            connection.sendall(HEAD.format(length=500).encode())
        # Long before the stalled ones are given up for good: they hold no thread for longer than a second of silence.
        eventually(lambda: intake.page_status("/help") == 200, within=BODY_SECONDS - 1)
        first_lines = [received(connection).split(b"\r\n", 1)[0] for connection in stalled]
    finally:
        for connection in stalled:
            connection.close()
    assert {line.split()[1] for line in first_lines} <= {b"408", b"503"}
    assert b" 408 " in b" ".join(first_lines)


def test_a_slow_body_that_arrives_in_time_is_read(intake: Served) -> None:
    body = b'{"category": "account/login", "email": "a@example.com", "message": "slow"}'
    with intake.connect() as connection:
        connection.sendall(HEAD.format(length=len(body)).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").encode())
        connection.sendall(body[:10])
        began = time.monotonic()
        eventually(lambda: time.monotonic() - began > 0.7)  # longer than what counts as "at once"
        connection.sendall(body[10:])
        answer = received(connection)
    assert b" 201 " in answer.split(b"\r\n", 1)[0], answer


def test_a_body_that_is_announced_too_large_is_refused_unread(intake: Served) -> None:
    with intake.connect() as connection:
        connection.sendall(HEAD.format(length=10**9).encode())
        began = time.monotonic()
        first_line = connection.recv(65536).split(b"\r\n", 1)[0]
    assert b" 413 " in first_line
    assert time.monotonic() - began < BODY_SECONDS


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_body_that_nobody_reads_is_waited_for_no_longer(intake: Served, method: str) -> None:
    head = HEAD.format(length=500).replace("POST /v1/tickets", f"{method} /v1/nothing")
    with intake.connect() as connection:
        connection.sendall(head.encode())
        answer = received(connection)
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"\r\nconnection: close\r\n" in answer.lower()
