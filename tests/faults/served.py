"""One of our web services as it is really served, in a process of its own, for tests that speak to its port."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from local.ports import free_base
from shared.runtime.processes import Web, process
from tests.polling import eventually
from tests.servers_of_a_run import ROOT


@dataclass(frozen=True)
class Served:
    """A service by its port."""

    port: int

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def page_status(self, path: str = "/livez") -> int:
        """0 where the connection was refused or closed: one more that came when the table was full."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as page:
                return int(page.status)
        except OSError:
            return 0

    def answers(self, sent: bytes) -> bytes:
        """All that is answered to these bytes, until the server closes or has been still for a while."""
        with self.connect() as connection, suppress(ConnectionError):
            connection.sendall(sent)
            first = connection.recv(65536)
            connection.settimeout(0.5)  # what follows an answer follows at once
            return first + (received(connection) if first else b"")
        return b""


def received(connection: socket.socket) -> bytes:
    """All that comes until the server closes, or until the connection's time-out."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except (TimeoutError, ConnectionResetError):
        pass
    return b"".join(parts)


@contextmanager
def served(name: str, environment: Mapping[str, str], base: int | None = None, **variables: str) -> Iterator[Served]:
    """Serve the service `name` with these variables beside the environment's; `base`: in place of a free one."""
    web = process(name)
    assert isinstance(web, Web)
    base = base or free_base()
    given = {**os.environ, **environment, "VIDARE_BASE_PORT": str(base), **variables}
    running = subprocess.Popen([sys.executable, "-m", "shared.runtime.serve", name], cwd=ROOT, env=given)
    service = Served(base + web.offset)
    try:
        eventually(lambda: service.page_status() == 200)
        yield service
    finally:
        running.terminate()
        running.wait(30)
