"""A Lua script in Redis, called over one connection a thread.

redis-py's client takes a connection from a pool for each call, checks it, measures the call and wraps it in retries: that costs three
times as much as the call (measured: 70 µs of a core against 22), for every submission. Here the call itself finds a dead connection
and is repeated once on a new one; so it must be harmless to run the script twice.
"""

import hashlib
import socket
import struct
import threading
from collections.abc import Sequence
from typing import Any

from redis import Connection, ConnectionPool
from redis.backoff import NoBackoff
from redis.connection import ConnectionInterface
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import NoScriptError
from redis.exceptions import TimeoutError as TooSlow
from redis.retry import Retry


class RedisScript:
    """Safe to share between threads. Not to be called before a fork by the thread that forks."""

    def __init__(self, redis_url: str, source: str, patience: float) -> None:
        """`patience`: seconds for connecting and for each answer."""
        self._source = source
        # Redis knows a script by its SHA-1 (https://redis.io/docs/latest/commands/evalsha/); nothing secret is hashed.
        self._digest = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()
        # Parses the address and makes connections; none is ever returned to it.
        self._pool = ConnectionPool.from_url(
            redis_url,
            connection_class=_Connection,
            socket_timeout=patience,
            socket_connect_timeout=patience,
            retry=Retry(NoBackoff(), 0),
        )
        self._of_thread = threading.local()

    def __call__(self, keys: Sequence[str], arguments: Sequence[str | int]) -> list[Any]:
        """What the script returns. Raises RedisError, OSError."""
        given = (len(keys), *keys, *arguments)
        try:
            return self._call("EVALSHA", self._digest, *given)
        except NoScriptError:
            return self._call("EVAL", self._source, *given)
        except Disconnected:
            return self._call("EVAL", self._source, *given)  # a restarted Redis has lost the script

    def _call(self, *command: str | int) -> list[Any]:
        if not hasattr(self._of_thread, "connection"):
            self._of_thread.connection = self._pool.make_connection()
        connection: ConnectionInterface = self._of_thread.connection
        # It connects when it is not connected, and closes at every error.
        try:
            connection.send_command(*command)  # type: ignore[no-untyped-call]
            answer: list[Any] = connection.read_response()
        except Disconnected as error:
            if isinstance(error.__context__, BlockingIOError):
                raise TooSlow("Redis does not answer in time") from error  # a second try would take as long
            raise
        return answer


class _Connection(Connection):
    """The kernel ends calls that take too long (socket(7), SO_RCVTIMEO). A time-out of Python's asks before each call whether the socket is
    ready, and gives up the interpreter's lock for that: with sixteen threads at work, 40 µs of 690 a submission. Without TLS only."""

    def _connect(self) -> socket.socket:
        made: socket.socket = super()._connect()  # type: ignore[no-untyped-call]
        seconds = self.socket_timeout or 0.0
        within = struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            made.setsockopt(socket.SOL_SOCKET, option, within)
        made.settimeout(None)
        return made
