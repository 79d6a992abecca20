"""A served intake before clients that stall, drip, or announce more than they may: others are served meanwhile."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.polling import eventually
from tests.running_stack import free_base
from tests.servers_of_a_run import ROOT

BODY_SECONDS = 12  # and so two seconds of silence: far enough apart for a busy machine to tell
# More than the server has threads, so that it would stand still if each held one.
STALLED = 40
HEAD = (
    "POST /v1/tickets HTTP/1.1\r\nHost: intake\r\nContent-Type: application/json\r\n"
    "Accept: application/json\r\nContent-Length: {length}\r\n\r\n"
)


@dataclass(frozen=True)
class Served:
    port: int

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def page_status(self) -> int:
        """0 where the connection was refused or closed: one more that came when the table was full."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/help", timeout=BODY_SECONDS) as page:
                return int(page.status)
        except OSError:
            return 0


@pytest.fixture(scope="module")
def served(environment: dict[str, str]) -> Iterator[Served]:
    base = free_base()
    variables = {
        **os.environ,
        **environment,
        "VIDARE_BASE_PORT": str(base),
        "VIDARE_BODY_SECONDS": str(BODY_SECONDS),
        "VIDARE_LIMIT_REFUSED": "",
    }
    process = subprocess.Popen([sys.executable, "-m", "shared.serve", "intake"], cwd=ROOT, env=variables)
    intake = Served(base)

    try:
        eventually(lambda: intake.page_status() == 200)
        yield intake
    finally:
        process.terminate()
        process.wait(30)


def received(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def test_a_body_that_never_comes_is_given_up_and_the_connection_closed(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(HEAD.format(length=500).encode() + b'{"category"')
        began = time.monotonic()
        answer = received(connection)
    assert b" 408 " in answer.split(b"\r\n", 1)[0]
    assert b"application/problem+json" in answer
    assert BODY_SECONDS / 6 - 0.1 < time.monotonic() - began < BODY_SECONDS


def test_a_body_that_drips_is_given_up_once_it_takes_longer_than_anybody_may(served: Served) -> None:
    with served.connect() as connection:
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


def test_stalled_clients_do_not_keep_others_from_being_served(served: Served) -> None:
    stalled = [served.connect() for _ in range(STALLED)]
    try:
        for connection in stalled:
            connection.sendall(HEAD.format(length=500).encode())
        # Long before the stalled ones are given up for good: they hold no thread for longer than a second of silence.
        eventually(lambda: served.page_status() == 200, within=BODY_SECONDS - 1)
        first_lines = [received(connection).split(b"\r\n", 1)[0] for connection in stalled]
    finally:
        for connection in stalled:
            connection.close()
    assert {line.split()[1] for line in first_lines} <= {b"408", b"503"}
    assert b" 408 " in b" ".join(first_lines)


def test_a_slow_body_that_arrives_in_time_is_read(served: Served) -> None:
    body = b'{"category": "account/login", "email": "a@example.com", "message": "slow"}'
    with served.connect() as connection:
        connection.sendall(HEAD.format(length=len(body)).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").encode())
        connection.sendall(body[:10])
        began = time.monotonic()
        eventually(lambda: time.monotonic() - began > 0.7)  # longer than what counts as "at once"
        connection.sendall(body[10:])
        answer = received(connection)
    assert b" 201 " in answer.split(b"\r\n", 1)[0], answer


def test_a_body_that_is_announced_too_large_is_refused_unread(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(HEAD.format(length=10**9).encode())
        began = time.monotonic()
        first_line = connection.recv(65536).split(b"\r\n", 1)[0]
    assert b" 413 " in first_line
    assert time.monotonic() - began < BODY_SECONDS
