"""A sender at work: one SMTP conversation after the other, every outcome committed."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine

from services.notify.delivery.lease import LEASE_SECONDS, Taken
from services.notify.delivery.outcome import Outcome
from services.notify.delivery.outcome_recorder import OutcomeWriter
from services.notify.delivery.prefetch import Supply
from services.notify.delivery.replies import denied_us, given_back, verdict
from services.notify.delivery.send_email import NoLongerOurs, send_email
from services.notify.delivery.smtp_errors import Misconfigured, Outage
from services.notify.delivery.smtp_reuse import ReusedConnection
from services.notify.delivery.smtp_server import Server
from shared.crash_points import crash_point
from shared.runtime.logs import logger
from shared.storage.leases import Owner

# Under a backlog e-mails are taken by the handful: a statement for each would cost more than sending it. No more, since what a
# frozen sender holds is late by its whole lease.
HANDFUL = 50
# With so many left the next handful is taken beside the sending.
TAKE_AHEAD_AT = HANDFUL // 2
# So many at once are a backlog.
BACKLOG = 25
# Conversations broken off one after the other before the server is taken to be away.
STRIKES = 2
# Recipients refused for a policy one after the other before the server is taken to refuse us.
DENIALS = 2

log = logger(__name__)


@dataclass(frozen=True)
class Mailing:
    """Where mail goes and how an e-mail's message is made. `slots` bounds the connections over all workers."""

    server: Server
    message: Callable[[Taken], bytes]
    slots: int
    lease_seconds: float = LEASE_SECONDS


class Sender:
    """One run of sending. `session` is in autocommit mode, holds a slot, and is this run's own."""

    def __init__(self, engine: Engine, mailing: Mailing, session: Connection) -> None:
        self._mailing = mailing
        self._owner = Owner(session)
        self._supply = Supply(engine, self._owner.number, mailing.lease_seconds)
        self._smtp = ReusedConnection(mailing.server)
        self._writer = OutcomeWriter(engine)
        self._strikes = 0
        self._denied: set[str] = set()

    def run(self, until: float, *, probing: bool) -> int:
        """Send what is due until the monotonic clock says `until`, nothing is due, or the gate shuts. Returns how many were tried."""
        tried = 0
        while time.monotonic() < until:
            hand = self._supply.next(1 if probing else HANDFUL, probing=probing)
            if not hand:
                break
            # Without a backlog there is time to commit each outcome before the next e-mail is begun.
            backlog = self._writer.gathers = len(hand) >= BACKLOG
            while hand and time.monotonic() < until:
                if backlog and len(hand) <= TAKE_AHEAD_AT:
                    self._supply.take_ahead(HANDFUL)
                tried += 1
                outcome = self._send(hand.popleft(), probing=probing)
                if not backlog:
                    self._writer.flush()
                if outcome is None or outcome.shuts is not None:
                    self._give_back(hand)
                    return tried
            self._give_back(hand)
            if probing:
                self._writer.flush()
                probing = False
        return tried

    def close(self) -> None:
        """Commit every outcome, say goodbye to the server and give the locks back."""
        self._give_back(self._supply.close())
        self._writer.close()
        crash_point("notify.all_outcomes_committed")
        self._smtp.quit()
        crash_point("notify.quit_sent")
        self._owner.close()

    def _send(self, email: Taken, *, probing: bool) -> Outcome | None:
        """One e-mail, one outcome on its way to the ledger; None when it is no longer ours, and so nothing else is."""
        try:
            outcome = self._denied_us(email, self._struck(self._try(email)), probing=probing)
        except NoLongerOurs:
            log.warning("email no longer ours", email=str(email.id))
            return None
        if probing and outcome.shuts is None:
            outcome = replace(outcome, reopens=True)
        self._writer.put(email, outcome)
        level = log.error if outcome.shuts == "misconfigured" else log.warning if outcome.shuts else log.info
        about = {"email": str(email.id), "kind": email.kind, "correlation_id": email.correlation_id}
        level("email tried", state=outcome.state, code=outcome.code, **about)
        return outcome

    def _try(self, email: Taken) -> Outcome:
        """A connection that had died of age, or on which the server takes no more mails, is replaced first, at no cost to the e-mail.

        Raises NoLongerOurs.
        """
        try:
            for last in (False, True):
                smtp, fresh = self._smtp.get()
                outcome = send_email(
                    smtp, email, lambda: self._mailing.message(email), lambda: self._is_still_ours(email)
                )
                worn_out = outcome.stage == "MAIL" and (outcome.lost_at or outcome.shuts == "outage")
                if not worn_out or fresh or last:
                    break
        except (Outage, Misconfigured) as error:
            return verdict(email, error)
        return outcome

    def _is_still_ours(self, email: Taken) -> bool:
        """Whether its lease and our lock still hold. The monotonic clock goes on while this process is stopped."""
        return time.monotonic() < email.safe_until and self._owner.is_alive()

    def _struck(self, outcome: Outcome) -> Outcome:
        self._strikes = self._strikes + 1 if outcome.lost_at else 0
        return replace(outcome, shuts="outage") if self._strikes >= STRIKES else outcome

    def _denied_us(self, email: Taken, outcome: Outcome, *, probing: bool) -> Outcome:
        """A second recipient refused for a policy, or one while the gate is shut, shows that the fault is not theirs."""
        self._denied = self._denied | {email.recipient} if outcome.denied else set()
        return denied_us(email, outcome) if outcome.denied and (probing or len(self._denied) >= DENIALS) else outcome

    def _give_back(self, hand: deque[Taken]) -> None:
        """What was taken but not begun goes back as it was."""
        for email in hand:
            self._writer.put(email, given_back(email))
        hand.clear()
