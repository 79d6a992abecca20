"""Clients that send half a sign-in do not stop the console for others."""

from collections.abc import Iterator

import pytest

from tests.faults.served import Served, received, served
from tests.polling import eventually

BODY_SECONDS = 12  # which allows two seconds of silence
# More than the server has threads: it would hang if each connection held one.
STALLED = 40
HEAD = (
    b"POST /login HTTP/1.1\r\nHost: console\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 500\r\n\r\nemail="
)


@pytest.fixture(scope="module")
def console(environment: dict[str, str]) -> Iterator[Served]:
    with served("triage", environment, VIDARE_BODY_SECONDS=str(BODY_SECONDS)) as made:
        yield made


def test_stalled_clients_are_answered_and_others_served_meanwhile(console: Served) -> None:
    stalled = [console.connect() for _ in range(STALLED)]
    try:
        for connection in stalled:
            connection.sendall(HEAD)
        for connection in stalled:
            assert received(connection).startswith((b"HTTP/1.1 4", b"HTTP/1.1 503"))
        eventually(lambda: console.page_status("/login") == 200)
    finally:
        for connection in stalled:
            connection.close()
