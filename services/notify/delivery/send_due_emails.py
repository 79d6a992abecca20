"""Send the e-mails that are due, if this process gets one of the slots."""

import time
from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.notify.delivery import circuit_breaker, lease
from services.notify.delivery.mailing import Mailing
from services.notify.delivery.sender import Sender
from shared.crash_points import crash_point
from shared.storage.database import autocommit
from shared.storage.leases import release_locks


def send_due_emails(
    engine: Engine, mailing: Mailing, seconds: float, *, more_soon: Callable[[], bool] = lambda: False
) -> int:
    """Send e-mails until none is due or `seconds` have passed; returns how many were tried.

    When none is left, `more_soon` may wait for others while the connections stay open; it returns whether there are.
    The expired leases of dead senders are reclaimed first. While the circuit breaker is open, one sender at a time tries one e-mail.
    """
    with autocommit(engine) as session:
        work = lease.read_work(session)
        freed = lease.reclaim_expired(session) if work.leased else 0
        crash_point("notify.expired_reclaimed")
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
        try:
            return sender.run(time.monotonic() + seconds, half_open=not work.closed, more_soon=more_soon)
        finally:
            sender.close()
