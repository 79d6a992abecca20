"""Send the e-mails that are due, if this process gets one of the slots."""

import time
from collections.abc import Callable

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from services.notify.delivery import circuit_breaker, lease
from services.notify.delivery.mailing import Mailing
from services.notify.delivery.sender import Sender
from shared.crash_points import crash_point
from shared.storage.database import autocommit
from shared.storage.leases import release_locks

LOOK_EVERY = 1.0  # seconds


def send_due_emails(
    engine: Engine, mailing: Mailing, seconds: float, *, more_soon: Callable[[], bool] = lambda: False
) -> int:
    """Send e-mails until none is due or `seconds` have passed; returns how many were tried.

    The expired leases of dead senders are reclaimed first, and about once a second while none is due. When none is left, `more_soon`
    may wait for others while the connections stay open; it returns whether there are.
    While the circuit breaker is open, one sender at a time tries one e-mail.
    """
    with autocommit(engine) as session:
        work = lease.read_work(session)
        freed = _reclaim(session) if work.leased else 0
        if not (work.due or freed) or lease.acquire_slot(session, mailing.slots) is None:
            return 0
        if not work.closed and not circuit_breaker.try_half_open(session):
            release_locks(session)
            return 0
        crash_point("notify.may_send")
        try:
            sender = Sender(engine, mailing, session)
        except SQLAlchemyError:
            release_locks(session)
            raise
        look = _OrphanLook(session)
        try:
            return sender.run(
                time.monotonic() + seconds,
                half_open=not work.closed,
                more_soon=lambda: look() or more_soon(),
            )
        finally:
            sender.close()


class _OrphanLook:
    """Reclaims what dead senders left, at most every LOOK_EVERY seconds: a run may go on for long while new e-mails come."""

    def __init__(self, session: Connection) -> None:
        self._session = session
        self._looked_at = time.monotonic()

    def __call__(self) -> bool:
        """Whether there is something to send again."""
        now = time.monotonic()
        if now < self._looked_at + LOOK_EVERY:
            return False
        self._looked_at = now
        return _reclaim(self._session) > 0


def _reclaim(session: Connection) -> int:
    freed = lease.reclaim_expired(session)
    crash_point("notify.expired_reclaimed")
    return freed
