"""A sender at work: it holds a slot and an owner's lock on one session, and one connection to the SMTP server."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from services.notify import gate, taking
from services.notify.outcome import Outcome
from services.notify.send_email import NoLongerOurs, send_email
from services.notify.settling import settle
from services.notify.smtp_errors import Misconfigured, Outage
from services.notify.taking import Taken
from services.notify.transport import Server, SmtpConnection
from services.notify.verdicts import verdict
from shared.crash_points import crash_point
from shared.structured_logging import logger

# A connection is renewed after this much, so that a server behind a balancer gets its share and none is kept for ever.
MAILS_A_CONNECTION = 100
SECONDS_A_CONNECTION = 60
# A server that answers nothing kind is cut off then, whatever it is doing.
LONGEST_CONVERSATION = SECONDS_A_CONNECTION + 180
# Conversations broken off one after the other before the server is taken to be away.
STRIKES = 2
# Postgres is asked this often whether it takes an outcome that it has not got yet.
RETRY_SECONDS = 0.2

log = logger(__name__)


@dataclass(frozen=True)
class Mailing:
    """Where mail goes and how the status link of a ticket is made. `slots` bounds the connections over all workers."""

    server: Server
    link: Callable[[Taken], str | None]
    slots: int


class Sender:
    """One run of sending. `session` is in autocommit mode and is this run's own while it lasts."""

    def __init__(self, engine: Engine, mailing: Mailing, session: Connection) -> None:
        self._engine = engine
        self._mailing = mailing
        self._session = session
        self._smtp: SmtpConnection | None = None
        self._opened_at = 0.0
        self._strikes = 0
        self._owner = taking.become_owner(session)

    def run(self, until: float, *, probing: bool) -> int:
        """Send what is due until the monotonic clock says `until`, nothing is due, or the gate shuts. Returns how many were tried."""
        tried = 0
        email = taking.take(self._session, self._owner, probing=probing)
        crash_point("notify.taken")
        while email is not None:
            tried += 1
            try:
                outcome = self._try(email)
            except NoLongerOurs:
                log.warning("email overtaken", email=str(email.id))
                email = taking.take(self._session, self._owner, probing=False)
                continue
            go_on = outcome.shuts is None and time.monotonic() < until
            email = self._write(email, outcome, reopen=probing, go_on=go_on)
            probing = False
        return tried

    def close(self) -> None:
        """Say goodbye to the server and give the locks back. Every outcome is written by now."""
        crash_point("notify.before_quit")
        if self._smtp is not None:
            self._smtp.quit()
        with suppress(SQLAlchemyError):
            taking.leave(self._session)
        with suppress(SQLAlchemyError):
            self._session.close()

    def _try(self, email: Taken) -> Outcome:
        """One e-mail, one outcome: a connection that had died of age is replaced first, at no cost to the e-mail."""
        link = self._mailing.link(email)
        try:
            for last in (False, True):
                smtp, fresh = self._connection()
                outcome = send_email(smtp, email, link, lambda: self._holds(email))
                if outcome.lost_at != "MAIL" or fresh or last:
                    break
        except (Outage, Misconfigured) as error:
            outcome = verdict(email, error)
        return self._struck(outcome)

    def _struck(self, outcome: Outcome) -> Outcome:
        self._strikes = self._strikes + 1 if outcome.lost_at else 0
        return outcome.shutting("outage") if self._strikes >= STRIKES else outcome

    def _connection(self) -> tuple[SmtpConnection, bool]:
        """An open connection, and whether it is fresh. Raises Outage or Misconfigured."""
        smtp = self._smtp
        if smtp is not None:
            old = smtp.mails >= MAILS_A_CONNECTION or time.monotonic() - self._opened_at > SECONDS_A_CONNECTION
            if smtp.usable and not old:
                return smtp, False
            self._smtp = None
            smtp.quit() if smtp.usable else smtp.close()
        self._opened_at = time.monotonic()
        self._smtp = SmtpConnection(self._mailing.server, LONGEST_CONVERSATION)
        return self._smtp, True

    def _holds(self, email: Taken) -> bool:
        try:
            return email.owner == self._owner and taking.holds(self._session, email.id, self._owner)
        except DBAPIError:
            self._reconnect()
            return False

    def _write(self, email: Taken, outcome: Outcome, *, reopen: bool, go_on: bool) -> Taken | None:
        """Commit the outcome, however long Postgres is away, and take the next e-mail in the same transaction."""
        while True:
            try:
                with _transaction(self._session):
                    settle(self._session, email, outcome)
                    if outcome.shuts is not None:
                        gate.shut(self._session, outcome.shuts, outcome.because or "")
                    elif reopen:
                        gate.reopen(self._session)
                    crash_point("notify.before_commit")
                    following = taking.take(self._session, self._owner, probing=False) if go_on else None
                crash_point("notify.settled")
            except DBAPIError as error:
                log.warning("outcome kept", email=str(email.id), state=outcome.state, error=type(error.orig).__name__)
                self._reconnect()
                continue
            self._tell(email, outcome)
            return following

    def _reconnect(self) -> None:
        """A new session and a new owner: what the old one held is free for others, what we know is written first."""
        while True:
            with suppress(SQLAlchemyError):
                self._session.invalidate()
                self._session.close()
            time.sleep(RETRY_SECONDS)
            try:
                self._session = autocommit_session(self._engine)
                self._owner = taking.become_owner(self._session)
                return
            except SQLAlchemyError:
                continue

    def _tell(self, email: Taken, outcome: Outcome) -> None:
        level = log.error if outcome.shuts == "misconfigured" else log.warning if outcome.shuts else log.info
        level(
            "email tried",
            email=str(email.id),
            kind=email.kind,
            state=outcome.state,
            code=outcome.code,
            gate=outcome.shuts,
        )


def autocommit_session(engine: Engine) -> Connection:
    """A connection on which every statement is its own transaction, unless `_transaction` makes one."""
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def _transaction(session: Connection) -> Iterator[None]:
    """Several statements as one, on a session in autocommit mode."""
    session.exec_driver_sql("begin")
    try:
        yield
    except BaseException:
        with suppress(SQLAlchemyError):
            session.exec_driver_sql("rollback")
        raise
    session.exec_driver_sql("commit")
