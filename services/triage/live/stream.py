"""One open stream: what waits to be sent, and when it ends."""

import asyncio
from collections import deque
from collections.abc import Sequence

from shared.auth.credentials import Shown
from shared.auth.principal import Principal

# Of a reader that does not read. Some 5,000 events.
MOST_WAITING = 500_000  # bytes


class Stream:
    """A stream for `reader`, who showed `shown`."""

    def __init__(self, reader: Principal, shown: Shown) -> None:
        self.reader, self.shown = reader, shown
        self.is_over = False
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._wake = asyncio.Event()

    def add(self, chunk: bytes) -> bool:
        """Have it sent. False, and the end, where too much waits already."""
        if not chunk or self.is_over:
            return True
        if self._size + len(chunk) > MOST_WAITING:
            self.end()
            return False
        self._waiting.append(chunk)
        self._size += len(chunk)
        self._wake.set()
        return True

    def add_first(self, chunks: Sequence[bytes]) -> None:
        """Have it sent before all that waits."""
        self._waiting.extendleft(reversed(chunks))
        self._size += sum(map(len, chunks))
        self._wake.set()

    def end(self) -> None:
        """Send nothing more."""
        self.is_over = True
        self._waiting.clear()
        self._wake.set()

    async def next(self) -> bytes:
        """All that waits; empty once it is over."""
        while not self._waiting and not self.is_over:
            self._wake.clear()
            await self._wake.wait()
        chunk = b"".join(self._waiting)
        self._waiting.clear()
        self._size = 0
        return chunk
