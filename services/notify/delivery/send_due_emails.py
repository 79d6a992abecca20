"""What is due is sent: by this process, if it gets one of the slots."""

import time

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.notify.delivery import circuit_breaker, lease
from services.notify.delivery.sender import Mailing, Sender
from shared.crash_points import crash_point
from shared.storage.database import autocommit
from shared.storage.leases import release_locks


def send_due_emails(engine: Engine, mailing: Mailing, seconds: float) -> int:
    """Take e-mails and send them one after the other, until none is due or `seconds` are over; returns how many were tried.

    First whatever a sender left behind that died is freed. While the gate is shut, one sender at a time tries one e-mail.
    """
    with autocommit(engine) as session:
        work = lease.look(session)
        freed = lease.retake(session) if work.flying else 0
        crash_point("notify.expired_reclaimed")
        if not (work.due or freed) or lease.enter(session, mailing.slots) is None:
            return 0
        if not work.open and not circuit_breaker.may_probe(session):
            release_locks(session)
            return 0
        crash_point("notify.may_send")
        try:
            sender = Sender(engine, mailing, session)
        except SQLAlchemyError:
            release_locks(session)
            raise
        try:
            return sender.run(time.monotonic() + seconds, probing=not work.open)
        finally:
            sender.close()
