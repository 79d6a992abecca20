"""One run of sending: e-mail after e-mail over one SMTP connection, every outcome recorded."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection, Engine

from services.notify.delivery.lease import LeasedEmail
from services.notify.delivery.mailing import Mailing
from services.notify.delivery.outcome import Outcome
from services.notify.delivery.outcome_recorder import OutcomeRecorder
from services.notify.delivery.prefetch import Prefetcher
from services.notify.delivery.replies import files_away, not_begun, outcome_of, rejects_us
from services.notify.delivery.send_email import NoLongerOurs, send_email
from services.notify.delivery.smtp import SmtpConnection
from services.notify.delivery.smtp_errors import Misconfigured, Outage
from services.notify.delivery.smtp_server import Server
from shared.crash_points import crash_point, effect
from shared.errors import TransientError
from shared.runtime.logs import logger
from shared.storage.leases import Owner

# Under a backlog e-mails are leased in batches: a statement for each would cost more than sending it. No more, since the batch of a
# frozen sender is late by its whole lease.
BATCH = 50
# The next batch is leased when so many are left.
PREFETCH_AT = BATCH // 2
# So many at once share a commit.
BACKLOG = 4
# After so many lost conversations in a row the server counts as away.
LOST_CONVERSATIONS = 2
# After so many recipients in a row that were rejected for a policy, the server counts as rejecting us.
POLICY_REJECTIONS = 2
# A connection is renewed after this much, so that a server behind a load balancer gets its share.
MAILS_A_CONNECTION = 100
SECONDS_A_CONNECTION = 60
# A conversation is cut off then, whatever the server does.
LONGEST_CONVERSATION = SECONDS_A_CONNECTION + 180

log = logger(__name__)


class ReusedConnection:
    """One connection to the SMTP server, opened when it is needed, for a bounded number of e-mails and seconds."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp: SmtpConnection | None = None
        self._opened_at = 0.0

    def get(self) -> tuple[SmtpConnection, bool]:
        """An open connection, and whether it is fresh. Raises Outage or Misconfigured."""
        smtp = self._smtp
        if smtp is not None:
            old = smtp.mails >= MAILS_A_CONNECTION or time.monotonic() - self._opened_at > SECONDS_A_CONNECTION
            if smtp.usable and not old:
                return smtp, False
            self.quit()
        self._opened_at = time.monotonic()
        self._smtp = SmtpConnection(self._server, LONGEST_CONVERSATION)
        return self._smtp, True

    @effect
    def quit(self) -> None:
        """Send QUIT, if there is a usable connection."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.quit() if smtp.usable else smtp.close()


class Sender:
    """One run of sending. `session` is in autocommit mode, holds a slot, and is used by this run alone."""

    def __init__(self, engine: Engine, mailing: Mailing, session: Connection) -> None:
        self._mailing = mailing
        self._owner = Owner(session)
        self._prefetcher = Prefetcher(engine, self._owner.number, mailing.lease_seconds)
        self._smtp = ReusedConnection(mailing.server)
        self._recorder = OutcomeRecorder(engine)
        self._lost_in_a_row = 0
        self._rejected_by_policy: set[str] = set()

    def run(self, until: float, *, half_open: bool, more_soon: Callable[[], bool]) -> int:
        """Send until the monotonic time `until`, nothing is due, or the circuit breaker opens; returns how many were tried.

        `half_open`: begin with a single e-mail, whose outcome closes the breaker or keeps it open. `more_soon`: asked when nothing
        is due, with every outcome committed.
        """
        tried = 0
        while time.monotonic() < until:
            batch = self._prefetcher.next_batch(1 if half_open else BATCH, half_open=half_open)
            if not batch:
                self._recorder.flush()
                if self._prefetcher.unsure or not more_soon():
                    break
                continue
            # Without a backlog there is time to commit each outcome before the next e-mail is begun.
            backlog = self._recorder.gathers = len(batch) >= BACKLOG
            while batch and time.monotonic() < until:
                if backlog and len(batch) <= PREFETCH_AT:
                    self._prefetcher.prefetch(BATCH)
                tried += 1
                outcome = self._send(batch.popleft(), half_open=half_open)
                if not backlog:
                    self._recorder.flush()
                if outcome is None or outcome.opens_breaker is not None:
                    self._return_unsent(batch)
                    return tried
            self._return_unsent(batch)
            if half_open:
                self._recorder.flush()
                half_open = False
        return tried

    def close(self) -> None:
        """Commit every outcome, end the SMTP connection and release the locks."""
        self._return_unsent(self._prefetcher.close())
        self._recorder.close()
        crash_point("notify.all_outcomes_committed")
        self._smtp.quit()
        crash_point("notify.quit_sent")
        self._owner.close()

    def _send(self, email: LeasedEmail, *, half_open: bool) -> Outcome | None:
        """Send one e-mail and have its outcome recorded; None when it is no longer ours, and so the rest of the batch is not either."""
        try:
            outcome = self._try(email)
        except NoLongerOurs:
            log.warning("email no longer ours", email=str(email.id))
            return None
        outcome = self._rejecting_us(email, self._lost_too_often(outcome), half_open=half_open)
        if half_open and outcome.opens_breaker is None:
            outcome = replace(outcome, closes_breaker=True)
        self._recorder.put(email, outcome)
        cause = outcome.opens_breaker
        level = log.error if cause == "misconfigured" else log.warning if cause else log.info
        about = {"email": str(email.id), "kind": email.kind, "correlation_id": email.correlation_id}
        level("email tried", state=outcome.state, code=outcome.code, **about)
        return outcome

    def _try(self, email: LeasedEmail) -> Outcome:
        """Try once more over a fresh connection where the old one had expired, at no cost to the e-mail. Raises NoLongerOurs."""
        try:
            for last in (False, True):
                # First of all, so that every outcome but an outage shows that the server answers.
                smtp, fresh = self._smtp.get()
                files = self._mailing.files(email)
                message = partial(self._mailing.message, email, files, smtp.largest)
                outcome = send_email(smtp, email, message, lambda: self._is_still_ours(email))
                expired = outcome.stage == "MAIL" and (outcome.lost_at or outcome.opens_breaker == "outage")
                if not expired or fresh or last:
                    break
        except (Outage, Misconfigured) as error:
            return outcome_of(email, error)
        except TransientError as error:
            return files_away(email, str(error))
        return outcome

    def _is_still_ours(self, email: LeasedEmail) -> bool:
        """Whether its lease and our lock still hold. The monotonic clock goes on while this process is stopped."""
        return time.monotonic() < email.safe_until and self._owner.is_alive()

    def _lost_too_often(self, outcome: Outcome) -> Outcome:
        self._lost_in_a_row = self._lost_in_a_row + 1 if outcome.lost_at else 0
        return replace(outcome, opens_breaker="outage") if self._lost_in_a_row >= LOST_CONVERSATIONS else outcome

    def _rejecting_us(self, email: LeasedEmail, outcome: Outcome, *, half_open: bool) -> Outcome:
        """A second recipient rejected for a policy, or a single one while half-open, shows that we are rejected, not the recipients."""
        rejected = self._rejected_by_policy | {email.recipient} if outcome.by_policy else set()
        self._rejected_by_policy = rejected
        return rejects_us(email, outcome) if rejected and (half_open or len(rejected) >= POLICY_REJECTIONS) else outcome

    def _return_unsent(self, batch: deque[LeasedEmail]) -> None:
        """Return what was leased but not begun."""
        for email in batch:
            self._recorder.put(email, not_begun(email))
        batch.clear()
