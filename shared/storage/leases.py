"""Leases on rows: one process works on a row at a time, and the row becomes free again when that process dies.

A leased row holds `leased_until` and, where the process can be recognised, `owner`. What is written about the row afterwards names the
owner in its `where`, so that a process whose lease ended changes nothing. Statements are built from the fragments below; each expects
the parameters in its description.

An `Owner` additionally proves that its process lives: it holds a session-level advisory lock on its number. PostgreSQL frees the lock
when the session ends (kill -9 ends it, SIGSTOP does not), so that others reclaim the rows at once instead of when the lease ends.
"""

import secrets
import select
import time

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

# For `update … set`. Parameter: `lease`, in seconds.
EXTEND = "leased_until = clock_timestamp() + make_interval(secs => :lease)"
# For `update … set`. Parameters: `owner`, and `lease` in seconds.
LEASE = f"owner = :owner, {EXTEND}"
RELEASE = "owner = null, leased_until = null"
# For `where`. Parameter: `owner`.
STILL_OURS = "owner = :owner"

# The owners whose lock is held. An advisory lock on one bigint appears in pg_locks as two halves, with objsubid 1
# (https://www.postgresql.org/docs/current/view-pg-locks.html).
LIVING_OWNERS = """
    select (classid::bigint << 32) | objid::bigint from pg_locks
    where locktype = 'advisory' and objsubid = 1 and granted
      and database = (select oid from pg_database where datname = current_database())
"""

# The share of a lease within which work may still begin: the rest must be enough to complete it.
_SAFE_SHARE = 0.75

_LOCK = text("select pg_advisory_lock(:owner)")
_UNLOCK_ALL = text("select pg_advisory_unlock_all()")


def is_free(row: str) -> str:
    """A condition: the row (a table's name or alias) has no lease, or one that ended."""
    return f"({row}.leased_until is null or {row}.leased_until <= clock_timestamp())"


def is_reclaimable(row: str) -> str:
    """A condition: the row is free, or its owner's lock is."""
    return f"({is_free(row)} or {row}.owner is null or {row}.owner not in ({LIVING_OWNERS}))"


def safe_until(lease_seconds: float) -> float:
    """The time on the monotonic clock until which work under a lease given from now on may begin.

    Call it before the statement that gives the lease, so that the lease never ends before its owner thinks so.
    """
    return time.monotonic() + lease_seconds * _SAFE_SHARE


class Owner:
    """A random number, and the advisory lock on it that `connection` holds for as long as its session lives.

    `connection` is in autocommit mode; nothing else may use it while `is_alive` is asked.
    """

    def __init__(self, connection: Connection) -> None:
        self.number = secrets.randbits(63)
        self._connection = connection
        connection.execute(_LOCK, {"owner": self.number})
        # Made once: making a poll object for each check is slow.
        self._driver = connection.connection.driver_connection
        self._poll = select.poll()
        if self._driver is not None:
            self._poll.register(self._driver.fileno(), select.POLLIN)

    def is_alive(self) -> bool:
        """Whether the session still holds the lock, without a round trip.

        The lock lives as long as the session. A server that ended it has closed the socket or sent its last message: on an idle
        session nothing else makes the socket readable.
        """
        return self._driver is not None and not self._driver.closed and not self._poll.poll(0)

    def close(self) -> None:
        """Give every advisory lock of the session back. A broken session has lost them; it does not return to the pool."""
        release_locks(self._connection)


def release_locks(connection: Connection) -> None:
    """Give the advisory locks of a session back; a broken one has lost them, and does not return to the pool."""
    if connection.closed or connection.invalidated:
        return
    try:
        connection.execute(_UNLOCK_ALL)
    except SQLAlchemyError:
        connection.invalidate()
