"""Lease the e-mails that a sender sends next: under a backlog, while it still sends the ones before."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from services.notify.delivery import lease
from services.notify.delivery.lease import LeasedEmail
from shared.crash_points import crash_point
from shared.runtime.logs import logger
from shared.storage.database import autocommit_session, is_transient

log = logger(__name__)


class Prefetcher:
    """Leases batches for one owner, over a connection and on a thread of its own.

    Another session holds the owner's lock (shared.storage.leases.Owner). `unsure`: PostgreSQL may have leased a batch whose answer
    was lost; release the lock soon.
    """

    def __init__(self, engine: Engine, owner: int, lease_seconds: float) -> None:
        self._owner = owner
        self._lease_seconds = lease_seconds
        self.unsure = False
        self._session = autocommit_session(engine)
        self._thread = ThreadPoolExecutor(1, "prefetch")
        self._ahead: Future[deque[LeasedEmail]] | None = None

    def next_batch(self, most: int, *, half_open: bool) -> deque[LeasedEmail]:
        """The prefetched batch, or up to `most` e-mails. Empty when nothing is due or PostgreSQL is away."""
        ahead, self._ahead = self._ahead, None
        return ahead.result() if ahead is not None else self._lease(most, half_open=half_open)

    def prefetch(self, most: int) -> None:
        """Begin to lease the next batch, unless that is under way."""
        if self._ahead is None:
            self._ahead = self._thread.submit(self._lease, most, half_open=False)

    def close(self) -> deque[LeasedEmail]:
        """End; returns the prefetched batch, if any. Never raises: outcomes are still to be recorded."""
        left = deque[LeasedEmail]()
        try:
            left = self._ahead.result() if self._ahead is not None else left
        except SQLAlchemyError as error:
            log.error("could not prefetch", exc_info=error)
        self._thread.shutdown()
        try:
            self._session.close()
        except SQLAlchemyError:
            self._session.invalidate()
        return left

    def _lease(self, most: int, *, half_open: bool) -> deque[LeasedEmail]:
        try:
            batch = deque(
                lease.lease_emails(self._session, self._owner, most, self._lease_seconds, half_open=half_open)
            )
        except DBAPIError as error:
            if not is_transient(error):
                raise
            self.unsure = True
            log.warning("sending waits for PostgreSQL", error=type(error.orig).__name__)
            return deque()
        crash_point("notify.leased")
        return batch
