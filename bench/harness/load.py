"""HTTP load from this process: each connection sends its next request when the last one is answered."""

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

RequestOf = Callable[[int], bytes]
LARGEST_READ = 65_536


class UnexpectedAnswer(Exception):
    """The server answered another status than 201."""


@dataclass
class Measured:
    """`rate`: answers a second; `seconds`: how long each took."""

    rate: float
    seconds: list[float] = field(default_factory=list)


@dataclass
class _Connection:
    socket: socket.socket
    sent_at: float = 0.0
    answer: bytes = b""


class Load:
    """Requests numbered from `first` on, so that no two runs against one server send the same."""

    def __init__(self, port: int, request_of: RequestOf, connections: int) -> None:
        self._port, self._request_of, self._connections = port, request_of, connections
        self._number = 0

    def run(self, seconds: float) -> Measured:
        """Send for so long. Raises UnexpectedAnswer."""
        durations: list[float] = []
        with selectors.DefaultSelector() as selector:
            for _ in range(self._connections):
                connection = _Connection(socket.create_connection(("127.0.0.1", self._port)))
                connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(connection.socket, selectors.EVENT_READ, connection)
                self._send(connection)
            began = time.perf_counter()
            while (now := time.perf_counter()) < began + seconds:
                for key, _ in selector.select(0.5):
                    self._read(key.data, durations, again=True)
            finished = len(durations)
            self._drain(selector, durations)
        return Measured(finished / (now - began), durations[:finished])

    def _drain(self, selector: selectors.DefaultSelector, durations: list[float]) -> None:
        """Complete what is under way, so that it does not disturb the next run."""
        for key in list(selector.get_map().values()):
            connection: _Connection = key.data
            while connection.sent_at:
                self._read(connection, durations, again=False)
            connection.socket.close()

    def _send(self, connection: _Connection) -> None:
        self._number += 1
        request = self._request_of(self._number)
        connection.answer, connection.sent_at = b"", time.perf_counter()
        connection.socket.sendall(request)

    def _read(self, connection: _Connection, durations: list[float], *, again: bool) -> None:
        part = connection.socket.recv(LARGEST_READ)
        connection.answer += part
        if not part:
            raise UnexpectedAnswer("the server closed the connection")
        if not is_whole(connection.answer):
            return
        if not connection.answer.startswith(b"HTTP/1.1 201"):
            raise UnexpectedAnswer(connection.answer[:500].decode(errors="replace"))
        durations.append(time.perf_counter() - connection.sent_at)
        connection.sent_at = 0.0
        if again:
            self._send(connection)


def is_whole(answer: bytes) -> bool:
    """Whether an answer with a Content-Length (RFC 9110, 8.6) is complete."""
    head, separator, body = answer.partition(b"\r\n\r\n")
    if not separator:
        return False
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return len(body) >= int(value)
    raise UnexpectedAnswer("no Content-Length")
