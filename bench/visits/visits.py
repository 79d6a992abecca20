"""Visits in a closed loop: on each connection the next visit begins when the last one is over."""

import selectors
import socket
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, field

from bench.harness.load import LARGEST_READ, UnexpectedAnswer
from bench.visits.answer import Answer, AnswerReader

# A visit yields its requests and is given their answers.
Visit = Generator[bytes, Answer, None]
PATIENCE = 60.0  # seconds that one answer may take


@dataclass
class Visited:
    """`ended`: when each visit ended, in seconds from the start; those that were under way at the end of the time are among them."""

    seconds: float
    ended: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Visits a second that ended within the time."""
        return sum(end <= self.seconds for end in self.ended) / self.seconds

    def spread(self, parts: int) -> tuple[float, float]:
        """The lowest and highest rate of the time's equal parts."""
        width = self.seconds / parts
        counts = [sum(width * part <= end < width * (part + 1) for end in self.ended) for part in range(parts)]
        return min(counts) / width, max(counts) / width


def expect(answer: Answer, *statuses: int) -> Answer:
    """The answer, if it has one of these statuses. Raises UnexpectedAnswer."""
    if answer.status not in statuses:
        raise UnexpectedAnswer(f"{answer.status}: {answer.body[:2000].decode(errors='replace')}")
    return answer


@dataclass
class _Connection:
    socket: socket.socket
    visit: Visit
    reader: AnswerReader
    left: memoryview  # of the request
    over: bool = False


class Visits:
    """Visits numbered from 1 on, so that no two runs against one server are of the same people."""

    def __init__(self, port: int, visit_of: Callable[[int], Visit], connections: int) -> None:
        self._port, self._visit_of, self._connections = port, visit_of, connections
        self._number = 0

    def run(self, seconds: float) -> Visited:
        """Visit for so long, and complete what is under way. Raises UnexpectedAnswer."""
        visited, begun = Visited(seconds), time.perf_counter()
        with selectors.DefaultSelector() as selector:
            for _ in range(self._connections):
                self._begin(selector, None)
            while selector.get_map():
                events = selector.select(PATIENCE)
                if not events:
                    raise UnexpectedAnswer(f"no answer within {PATIENCE:g} s")
                for key, mask in events:
                    self._go_on(selector, key.data, mask)
                    if key.data.over:
                        visited.ended.append(time.perf_counter() - begun)
                        self._follow(selector, key.data, again=visited.ended[-1] < seconds)
        return visited

    def _begin(self, selector: selectors.BaseSelector, kept: socket.socket | None) -> None:
        self._number += 1
        visit = self._visit_of(self._number)
        connected = kept or self._connect()
        connection = _Connection(connected, visit, AnswerReader(), memoryview(next(visit)))
        selector.register(connected, selectors.EVENT_READ | selectors.EVENT_WRITE, connection)
        self._send(selector, connection)

    def _follow(self, selector: selectors.BaseSelector, done: _Connection, *, again: bool) -> None:
        with suppress(KeyError, ValueError):
            selector.unregister(done.socket)
        kept = None if done.socket.fileno() < 0 else done.socket
        if again:
            self._begin(selector, kept)
        elif kept:
            kept.close()

    def _go_on(self, selector: selectors.BaseSelector, connection: _Connection, mask: int) -> None:
        if mask & selectors.EVENT_WRITE:
            self._send(selector, connection)
        if mask & selectors.EVENT_READ:
            self._receive(selector, connection)

    def _send(self, selector: selectors.BaseSelector, connection: _Connection) -> None:
        with suppress(BlockingIOError):
            connection.left = connection.left[connection.socket.send(connection.left) :]
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if connection.left else 0)
        selector.modify(connection.socket, wanted, connection)

    def _receive(self, selector: selectors.BaseSelector, connection: _Connection) -> None:
        try:
            answer = connection.reader.feed(connection.socket.recv(LARGEST_READ))
        except (ValueError, ConnectionError) as error:
            raise UnexpectedAnswer(str(error)) from error
        if answer is None:
            return
        if answer.closes:
            selector.unregister(connection.socket)
            connection.socket.close()
        try:
            request = connection.visit.send(answer)
        except StopIteration:
            connection.over = True
            return
        if answer.closes:
            connection.socket = self._connect()
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.reader, connection.left = AnswerReader(), memoryview(request)
        self._send(selector, connection)

    def _connect(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self._port))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.setblocking(False)
        return made
