"""HTTP load at a given rate from one thread: a request is sent when it is due, on any connection that is free."""

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.harness.load import LARGEST_READ, RequestOf, UnexpectedAnswer, is_whole

SHORTEST_WAIT = 0.001


@dataclass
class Offered:
    """What came of an offer. `due`: when each answered request was due, by what `read` made of its answer (perf_counter, s)."""

    due: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    behind: float = 0.0  # the longest that a due request waited for a free connection, seconds

    @property
    def answered(self) -> int:
        return len(self.due)


class Paced:
    """Requests numbered from 1 on over kept connections; `read` names an answer's ticket."""

    def __init__(self, port: int, request_of: RequestOf, read: Callable[[bytes], str], connections: int) -> None:
        self._port, self._request_of, self._read, self._connections = port, request_of, read, connections
        self._number = 0

    def offer(self, rate: float, seconds: float) -> Offered:
        """Offer `rate` requests a second for so long, then wait for the answers. Raises UnexpectedAnswer."""
        offered, total = Offered(), int(rate * seconds)
        free = [self._connect() for _ in range(self._connections)]
        under_way: dict[socket.socket, tuple[float, bytes]] = {}
        begun, sent = time.perf_counter(), 0
        with selectors.DefaultSelector() as selector:
            while sent < total or under_way:
                now = time.perf_counter()
                while sent < total and free and begun + sent / rate <= now:
                    due = begun + sent / rate
                    offered.behind = max(offered.behind, now - due)
                    connection = self._open(free.pop())
                    connection.sendall(self._request_of(self._next()))
                    under_way[connection] = (due, b"")
                    selector.register(connection, selectors.EVENT_READ)
                    sent += 1
                wait = max(SHORTEST_WAIT, begun + sent / rate - now) if sent < total and free else 1.0
                for key, _ in selector.select(wait):
                    self._take(key.fileobj, under_way, selector, free, offered)  # type: ignore[arg-type]
        for connection in free:
            connection.close()
        offered.seconds = time.perf_counter() - begun
        return offered

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _open(self, kept: socket.socket) -> socket.socket:
        """`kept`, or a new connection where the server has closed it: an idle one may be closed after 20 s."""
        try:
            if kept.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
                return kept
        except BlockingIOError:
            return kept
        kept.close()
        return self._connect()

    def _connect(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self._port))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def _take(
        self,
        connection: socket.socket,
        under_way: dict[socket.socket, tuple[float, bytes]],
        selector: selectors.DefaultSelector,
        free: list[socket.socket],
        offered: Offered,
    ) -> None:
        part = connection.recv(LARGEST_READ)
        if not part:
            raise UnexpectedAnswer("the server closed the connection")
        due, answer = under_way[connection]
        answer += part
        under_way[connection] = (due, answer)
        if not is_whole(answer):
            return
        if not answer.startswith(b"HTTP/1.1 201"):
            raise UnexpectedAnswer(answer[:500].decode(errors="replace"))
        offered.due[self._read(answer)] = due
        del under_way[connection]
        selector.unregister(connection)
        free.append(connection)
