"""Receivers that answer wrongly, slowly or endlessly, or that redirect a call elsewhere."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from services.triage.webhooks.call import Answer, call
from services.triage.webhooks.send_due_calls import send_next_call
from services.triage.webhooks.sender_threads import SenderThreads
from tests.integration.triage.conftest import Triage
from tests.integration.triage.webhooks.conftest import AdsTeam, Receiver
from tests.polling import eventually

Talk = Callable[[socket.socket], object]
Serve = Callable[[Talk], int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """`serve(talk)` returns a port; `talk` answers every connection to it after the first bytes of the request."""
    servers: list[socket.socket] = []

    def start(talk: Talk) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def answer(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                connection.recv(65_536)
                talk(connection)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return int(server.getsockname()[1])

    yield start
    for server in servers:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def _for_ever(data: bytes, pause: float = 0.0) -> Talk:
    def talk(connection: socket.socket) -> None:
        while True:
            connection.sendall(data)
            threading.Event().wait(pause)

    return talk


def _once(data: bytes) -> Talk:
    return lambda connection: connection.sendall(data)


def _ask(port: int, scheme: str = "http", within: float = 5) -> Answer:
    return call(f"{scheme}://127.0.0.1:{port}/", "secret", {"event": "x"}, 1, allow_private=True, within=within)


def test_an_endless_body_is_not_read(serve: Serve) -> None:
    def huge(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n")
        _for_ever(b"x" * 65_536)(connection)

    assert _ask(serve(huge)).is_success


@pytest.mark.parametrize(
    ("scheme", "talk"),
    [
        ("http", _for_ever(b"HTTP/1.1 100 Continue\r\n\r\n", 0.01)),
        ("http", lambda connection: connection.recv(1)),
        ("https", _for_ever(b"\x16\x03\x03\x40\x00" + b"\x02", 0.1)),
    ],
    ids=["continues", "silent", "handshake"],
)
def test_a_call_without_an_answer_is_aborted(serve: Serve, scheme: str, talk: Talk) -> None:
    answer = _ask(serve(talk), scheme, within=0.5)
    assert not answer.is_success
    assert answer.status is None


def test_a_slow_incomplete_answer_is_a_failure(serve: Serve) -> None:
    """Even if its first line is a status of 200."""

    def drops(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        _for_ever(b"X: y\r\n", 0.05)(connection)

    assert _ask(serve(drops), within=0.5) == Answer(None, "No whole answer came in time.")


def test_arbitrary_bytes_are_recorded_as_a_failure(ads: AdsTeam, triage: Triage, serve: Serve) -> None:
    port = serve(_once(bytes(range(256)) + b"\r\n\r\n"))
    webhook = ads.register(f"http://127.0.0.1:{port}/")
    triage.submit("ads/metrics")
    ads.consume()
    assert send_next_call(triage.engine, "ads", allow_private=True)
    [item] = ads.agent.get(f"/v1/webhooks/{webhook['id']}/deliveries")["items"]
    assert (item["state"], item["attempts"]) == ("queued", 1)
    assert "\\x00" in item["last_error"]
    assert not send_next_call(triage.engine, "ads", allow_private=True)


def test_a_call_connects_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    """DNS rebinding: the resolver returns one address first and another one later."""
    reached: list[str] = []
    port = serve(lambda connection: reached.append(connection.getsockname()[0]))
    real, answers = socket.getaddrinfo, iter(["127.0.0.1"])

    def rebinding(host: Any, *more: Any, **named: Any) -> Any:
        return real(next(answers, "127.0.0.2") if host == "rebinding.example.org" else host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    call(f"http://rebinding.example.org:{port}/", "secret", {}, 1, allow_private=True)
    assert reached == ["127.0.0.1"]


def test_a_server_without_a_valid_certificate_is_rejected(serve: Serve) -> None:
    def plain(connection: socket.socket) -> None:
        with suppress(ssl.SSLError):
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).wrap_socket(connection, server_side=True)

    assert not _ask(serve(plain), "https").is_success


def test_a_hanging_receiver_delays_neither_other_teams_nor_other_receivers_of_its_team(
    ads: AdsTeam, receiver: Receiver, triage: Triage, serve: Serve
) -> None:
    hanging = ads.register(f"http://127.0.0.1:{serve(lambda connection: connection.recv(1))}/")
    for team in ("ads", "billing"):
        triage.rows(
            "insert into triage.webhooks (team, url, secret, created_by) values (:team, :url, 'x', 'x')",
            team=team,
            url=f"{receiver.url}?{team}",
        )
    for _ in range(5):
        triage.submit("ads/metrics")
    triage.submit("billing/cost")
    ads.consume()
    ads.consume_of("billing")
    # The hanging receiver has failed before, as it would after ten seconds.
    triage.rows(
        "update triage.webhook_calls set failing_since = clock_timestamp() where webhook = :w and number = 1",
        w=hanging["id"],
    )
    senders = SenderThreads(triage.engine, allow_private=True)
    try:
        senders.wake("ads")
        senders.wake("billing")
        assert eventually(lambda: len(receiver.got) == 6, within=8)
        under_way = "select count(*)::int from triage.webhook_calls where webhook = :w and state <> 'queued'"
        assert triage.rows(under_way, w=hanging["id"])[0][0] == 0
    finally:
        senders.stop()
