"""A listener that forwards every connection to a server, and misbehaves when told to."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import ClassVar

KIND = "kind"
REACH_WITHIN = 3.0  # seconds to reach the server behind


class Proxy:
    """Listens on `port` of 127.0.0.1 and forwards to the port `upstream`, each connection in a thread of its own."""

    moods: ClassVar[tuple[str, ...]] = ()

    def __init__(self, port: int, upstream: int) -> None:
        """Raises OSError if the port is in use."""
        self._upstream = upstream
        self._mood = KIND
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        threading.Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def behaving(self, mood: str) -> Iterator[None]:
        """Be in `mood` until the block ends. Cuts open connections at its beginning and end, so that long-lived ones are affected too."""
        if mood not in self.moods:
            raise ValueError(f"{mood!r}: one of {', '.join(self.moods)}")
        self._change(mood)
        try:
            yield
        finally:
            self._change(KIND)

    def close(self) -> None:
        """Stop listening, and cut open connections."""
        self._closed.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # or the accepting thread keeps the port open
        self._listener.close()
        self._cut()

    def serve(self, client: socket.socket, mood: str) -> None:
        """Serve one connection, which is closed afterwards. May raise OSError and EOFError."""
        raise NotImplementedError

    def reach(self) -> socket.socket:
        """A connection to the server behind. Raises OSError if it cannot be reached; reads from it have no time-out."""
        server = socket.create_connection(("127.0.0.1", self._upstream), timeout=REACH_WITHIN)
        server.settimeout(None)
        self._remember(server)
        return server

    def forget(self, connection: socket.socket) -> None:
        """Close it."""
        with self._lock:
            self._open.discard(connection)
        connection.close()

    def _change(self, mood: str) -> None:
        self._mood = mood
        self._cut()

    def _cut(self) -> None:
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _remember(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._remember(client)
            threading.Thread(target=self._hold, args=(client,), daemon=True).start()

    def _hold(self, client: socket.socket) -> None:
        try:
            self.serve(client, self._mood)
        except (OSError, EOFError):
            return
        finally:
            self.forget(client)
