"""Between our processes and the S3 store: answers 500, or nothing."""

import itertools
import socket
import threading
from contextlib import suppress

from bench.chaos.proxies.proxy import Proxy

ERRORS = "answers 500"
HANGS = "hangs"
_FAILED = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_AT_ONCE = 65_536


class StoreProxy(Proxy):
    """HTTP, as a stream of bytes."""

    moods = (ERRORS, HANGS)

    def __init__(self, port: int, upstream: int) -> None:
        super().__init__(port, upstream)
        self._failures = itertools.count()

    def serve(self, client: socket.socket, mood: str) -> None:
        """Forward a connection's requests. When told to fail, every second request still reaches the store and takes effect there."""
        if mood == HANGS:
            while client.recv(_AT_ONCE):
                pass
            return
        if mood == ERRORS and next(self._failures) % 2:
            client.recv(_AT_ONCE)
            client.sendall(_FAILED)
            return
        server = self.reach()
        try:
            threading.Thread(target=_pour, args=(client, server), daemon=True).start()
            if mood == ERRORS:
                server.recv(_AT_ONCE)  # the store's answer, which its client never gets
                client.sendall(_FAILED)
            else:
                _pour(server, client)
        finally:
            self.forget(server)


def _pour(source: socket.socket, sink: socket.socket) -> None:
    """Forward until either side ends."""
    with suppress(OSError):
        while part := source.recv(_AT_ONCE):
            sink.sendall(part)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
