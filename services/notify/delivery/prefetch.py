"""The e-mails that a sender sends next; under a backlog they are taken while it still sends the ones before."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from services.notify.delivery import lease
from services.notify.delivery.lease import Taken
from shared.crash_points import crash_point
from shared.runtime.logs import logger
from shared.storage.database import autocommit_session, is_transient

log = logger(__name__)


class Supply:
    """Takes for one owner, over a connection and on a thread of its own.

    The owner's lock lies elsewhere (Owner), and must be given back soon after an empty hand: an answer of Postgres that was
    lost may have been a hand.
    """

    def __init__(self, engine: Engine, owner: int, lease_seconds: float) -> None:
        self._owner = owner
        self._lease_seconds = lease_seconds
        self._session = autocommit_session(engine)
        self._thread = ThreadPoolExecutor(1, "supply")
        self._ahead: Future[deque[Taken]] | None = None

    def next(self, most: int, *, probing: bool) -> deque[Taken]:
        """The hand that was taken ahead, or up to `most` e-mails. Empty when nothing is due or Postgres is away."""
        ahead, self._ahead = self._ahead, None
        return ahead.result() if ahead is not None else self._take(most, probing=probing)

    def take_ahead(self, most: int) -> None:
        """Begin to take the next hand, if that is not begun."""
        if self._ahead is None:
            self._ahead = self._thread.submit(self._take, most, probing=False)

    def close(self) -> deque[Taken]:
        """End; returns what was taken ahead and never asked for. Never raises: the outcomes of what was sent are still to be written."""
        left = deque[Taken]()
        try:
            left = self._ahead.result() if self._ahead is not None else left
        except SQLAlchemyError as error:
            log.error("could not take ahead", exc_info=error)
        self._thread.shutdown()
        try:
            self._session.close()
        except SQLAlchemyError:
            self._session.invalidate()
        return left

    def _take(self, most: int, *, probing: bool) -> deque[Taken]:
        try:
            hand = deque(lease.take(self._session, self._owner, most, self._lease_seconds, probing=probing))
        except DBAPIError as error:
            if not is_transient(error):
                raise
            log.warning("sending waits for Postgres", error=type(error.orig).__name__)
            return deque()
        crash_point("notify.leased")
        return hand
