"""The session whose life is an owner's: its advisory lock tells the others that the owner still is."""

import select
import time

from sqlalchemy import Connection, Engine

from services.notify.delivery import lease
from services.notify.delivery.lease import Taken


class OwnedSession:
    """A connection in autocommit mode that holds a slot and the owner's lock, and is used for nothing else."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.owner = lease.become_owner(connection)
        # Made once: a poll for each e-mail is dear.
        self._driver = connection.connection.driver_connection
        self._poll = select.poll()
        if self._driver is not None:
            self._poll.register(self._driver.fileno(), select.POLLIN)

    def holds(self, email: Taken) -> bool:
        """Whether lease and lock are still ours, at the cost of no round trip.

        The lease is measured from before it was given, by a clock that goes on while this process is stopped. The lock lives as long
        as the session: a server that ended it has closed the socket, or has a last word waiting there.
        """
        return time.monotonic() < email.safe_until and not self._has_news()

    def _has_news(self) -> bool:
        """Whether the idle session's socket has something to read: nobody has asked, so it can only be the end."""
        if self._driver is None or self._driver.closed:
            return True
        return bool(self._poll.poll(0))

    def close(self) -> None:
        """Give the locks back."""
        lease.leave(self._connection)


def autocommit_session(engine: Engine) -> Connection:
    """A connection on which every statement is its own transaction."""
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")
