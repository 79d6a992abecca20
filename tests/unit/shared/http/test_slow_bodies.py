"""Which connections count as stalled."""

import socket
from collections.abc import Iterator

import pytest

from shared.http.slow_bodies import close_stalled
from tests.polling import eventually

SILENT = 0.05  # seconds


@pytest.fixture
def connection() -> Iterator[tuple[socket.socket, socket.socket, int]]:
    """A client's end, ours, and our port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client, server.accept()[0] as ours:
            client.sendall(b"POST")
            assert ours.recv(4) == b"POST"
            yield client, ours, port


def test_a_silent_client_is_stalled(connection: tuple[socket.socket, socket.socket, int]) -> None:
    _, ours, port = connection
    eventually(lambda: close_stalled("127.0.0.1", port, SILENT) == 1)
    assert ours.recv(1) == b""


def test_a_client_whose_bytes_we_have_not_read_is_not(connection: tuple[socket.socket, socket.socket, int]) -> None:
    client, ours, port = connection
    client.sendall(b"the rest")
    # Its silence begins with its last byte; a second connection tells when it has been long enough.
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        other, _ = server.accept()
        with other:
            eventually(lambda: close_stalled("127.0.0.1", server.getsockname()[1], 2 * SILENT) == 1)
    assert close_stalled("127.0.0.1", port, SILENT) == 0
    assert ours.recv(8) == b"the rest"
