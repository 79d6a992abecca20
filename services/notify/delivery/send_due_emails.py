"""Send the e-mails that are due, if this process gets one of the slots."""

import time

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.notify.delivery import circuit_breaker, lease
from services.notify.delivery.mailing import Mailing
from services.notify.delivery.owner_session import autocommit_session
from services.notify.delivery.sender import Sender
from shared.crash_points import crash_point


def send_due_emails(engine: Engine, mailing: Mailing, seconds: float) -> int:
    """Send e-mails until none is due or `seconds` have passed; returns how many were tried.

    The expired leases of dead senders are reclaimed first. While the circuit breaker is open, one sender at a time tries one e-mail.
    """
    with autocommit_session(engine) as session:
        work = lease.look(session)
        freed = lease.retake(session) if work.flying else 0
        crash_point("notify.orphans_freed")
        if not (work.due or freed) or lease.enter(session, mailing.slots) is None:
            return 0
        if not work.open and not circuit_breaker.try_half_open(session):
            lease.leave(session)
            return 0
        crash_point("notify.may_send")
        try:
            sender = Sender(engine, mailing, session)
        except SQLAlchemyError:
            lease.leave(session)
            raise
        try:
            return sender.run(time.monotonic() + seconds, half_open=not work.open)
        finally:
            sender.close()
