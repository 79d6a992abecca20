"""Deadlines for bodies: connections of stalled clients are closed, so that they do not hold the server's threads.

The server passes a body on as it arrives, without a deadline of its own. So each body that is being read is registered, and a monitor
closes the connections of clients that are silent for too long, or that take too long in all.
"""

import fcntl
import os
import socket
import stat
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import RequestTimeout, ServiceUnavailable

from shared.http.networks import network_of

# A body that arrives within this is not slow.
AT_ONCE = 0.5
# With so many slow bodies at once (half of the server's threads) a silence of IMPATIENT seconds is too long.
CROWD = 8
IMPATIENT = 1.0
# When the monitor itself comes so much later than planned, the machine is busy: bodies may be slow because of us, and nobody is hurried.
LATE = 0.2
# For a minute, a network whose connections were closed may send so many bodies at once.
OF_OFFENDER = 2
PENALTY = 60.0
# Seconds within which a thread that reads from a closed connection notices, even on a busy machine.
NOTICED_WITHIN = 10.0
# Where Linux's struct tcp_info (linux/tcp.h) holds tcpi_last_data_recv: milliseconds since something arrived.
_LAST_DATA_RECEIVED = 52

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def announced_length(environ: Mapping[str, Any]) -> int | None:
    """How many bytes a request's body has: 0 where it has none, None for a chunked one."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return None
    announced = environ.get("CONTENT_LENGTH") or ""
    return int(announced) if announced.isdecimal() else 0


@dataclass
class _Reading:
    """A body that is being read: its sender, its connection, since when. `owed`: bytes announced but not received."""

    network: str
    peer: str
    port: int
    began: float
    owed: int
    cut: bool = False


class SlowBodies:
    """A WSGI application whose requests' bodies arrive within `longest` seconds and without a silence of a sixth of it, or are
    answered with 408."""

    def __init__(self, application: Application, longest: float) -> None:
        self._application = application
        self._monitor = _Monitor(longest)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = announced_length(environ)
        if length != 0:
            # Behind a proxy the connection is the proxy's.
            peer = str(environ.get("werkzeug.proxy_fix.orig", environ).get("REMOTE_ADDR"))
            reading = _Reading(
                network=network_of(environ.get("REMOTE_ADDR")),
                peer=peer,
                port=int(environ["SERVER_PORT"]),
                began=time.monotonic(),
                owed=length or 0,
            )
            environ["wsgi.input"] = _Body(environ["wsgi.input"], self._monitor, reading)
        return self._application(environ, start_response)


class _Body:
    """The request's body as Werkzeug reads it."""

    def __init__(self, source: Any, monitor: "_Monitor", reading: _Reading) -> None:
        self._source = source
        self._monitor = monitor
        self._reading = reading

    def read(self, size: int = -1) -> bytes:
        # granian's knows no "-1 = all"
        return self._monitored(self._source.read if size < 0 else lambda: self._source.read(size))

    def readline(self, size: int = -1) -> bytes:
        return self._monitored(self._source.readline if size < 0 else lambda: self._source.readline(size))

    def _monitored(self, read: Callable[[], bytes]) -> bytes:
        reading = self._reading
        self._monitor.enter(reading)
        try:
            part = read()
        except Exception:
            if not self._monitor.closes(reading):
                raise
            part = b""
        finally:
            self._monitor.leave(reading)
        reading.owed -= len(part)
        if reading.cut or (not part and reading.owed > 0 and self._monitor.closes(reading)):
            raise RequestTimeout("The request took too long to arrive.")
        return part


class _Monitor:
    """Checks twice a second the bodies that are being read."""

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self._silent = longest / 6
        self._readings: dict[int, _Reading] = {}
        self._offenders: dict[str, float] = {}
        self._closing: dict[tuple[str, int], float] = {}
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def enter(self, reading: _Reading) -> None:
        """Register a body that is being read. Raises ServiceUnavailable where its network has stalled connections already."""
        if self._offenders.get(reading.network, 0.0) > time.monotonic():
            of_network = sum(other.network == reading.network for other in tuple(self._readings.values()))
            if of_network >= OF_OFFENDER:
                raise ServiceUnavailable(
                    "Too many slow connections from your network. Please try again.", retry_after=5
                )
        self._readings[id(reading)] = reading
        if self._thread is None:
            self._start()

    def leave(self, reading: _Reading) -> None:
        """Unregister it."""
        self._readings.pop(id(reading), None)

    def closes(self, reading: _Reading) -> bool:
        """Whether we ended it: a connection that stalled before it was read from is closed with the others."""
        return reading.cut or self._closing.get((reading.peer, reading.port), 0.0) > time.monotonic()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="slow-bodies", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            planned = time.monotonic() + AT_ONCE
            time.sleep(AT_ONCE)
            now = time.monotonic()
            slow = [one for one in tuple(self._readings.values()) if now - one.began > AT_ONCE]
            if slow:
                crowded = len(slow) >= CROWD and now - planned < LATE
                self._close(slow, now, min(self._silent, IMPATIENT) if crowded else self._silent)

    def _close(self, slow: list[_Reading], now: float, silence: float) -> None:
        for peer, port in {(one.peer, one.port) for one in slow}:
            theirs = [one for one in slow if (one.peer, one.port) == (peer, port)]
            late = any(now - one.began > self._longest for one in theirs)
            for one in theirs:
                one.cut = True
            self._closing[peer, port] = now + NOTICED_WITHIN
            if close_stalled(peer, port, 0.0 if late else silence):
                self._offenders.update(dict.fromkeys((one.network for one in theirs), now + PENALTY))
            else:
                for one in theirs:
                    one.cut = False
        self._offenders = {network: until for network, until in self._offenders.items() if until > now}
        self._closing = {connections: until for connections, until in self._closing.items() if until > now}


def close_stalled(address: str, port: int, silent: float) -> int:
    """Stop reading from connections of `address` to our `port` that were silent for so many seconds; how many there were.

    An idle connection between two requests is closed too, as a server may (RFC 9112, 9.5). Only Linux reports this; elsewhere
    nothing happens.
    """
    if not sys.platform.startswith("linux"):
        return 0
    closed = 0
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            connection = socket.socket(fileno=os.dup(int(name)))
            if connection.type == socket.SOCK_STREAM and _is_stalled(connection, address, port, silent):
                connection.shutdown(socket.SHUT_RD)
                closed += 1
            connection.close()
    return closed


def _is_stalled(connection: socket.socket, address: str, port: int, silent: float) -> bool:
    if connection.family not in (socket.AF_INET, socket.AF_INET6) or connection.getsockname()[1] != port:
        return False
    if connection.getpeername()[0].removeprefix("::ffff:") != address.removeprefix("::ffff:"):
        return False
    # What has arrived and is not read waits for us.
    if struct.unpack("i", fcntl.ioctl(connection, termios.FIONREAD, bytes(4)))[0]:
        return False
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_DATA_RECEIVED + 4)
    (milliseconds,) = struct.unpack_from("I", info, _LAST_DATA_RECEIVED)
    return bool(milliseconds >= silent * 1000)
