"""The reply classes of an SMTP server: the outcome of each for the e-mail that it answers. Pure."""

import re
from dataclasses import replace

from services.notify.delivery.lease import LeasedEmail
from services.notify.delivery.outcome import Outcome
from services.notify.delivery.smtp_errors import Deferred, Lost, Misconfigured, Outage, Refused, SmtpError
from services.notify.emails.addresses import because_suppressed
from services.notify.inbound.bounce import code_in, meaning_of

# Minutes between the attempts at a deferred e-mail, the last one repeated for four days: greylisting ends within the first few, and a
# mailbox that is full for longer than a weekend stays full.
RETRY_MINUTES = (1, 5, 15, 30, 60)
# An e-mail that meets an outage is queued behind those that are due already.
OUTAGE_SECONDS = 10
# A server that does not relay for us rejects the recipient, as Postfix, Exim and Exchange do: with the code of a policy (RFC 3463,
# 3.8), with 530 (RFC 4954), or with these words. The address is then not the cause.
_POLICY = re.compile(r"\b5\.7\.\d|\brelay", re.IGNORECASE)
_AUTHENTICATION_REQUIRED = 530


def sent(code: int, words: str) -> Outcome:
    """The server accepted it."""
    return Outcome("sent", stage="DATA", code=code, words=words)


def suppressed(reason: str) -> Outcome:
    """The recipient was suppressed after the e-mail was written."""
    return Outcome("suppressed", because_suppressed(reason), counted=False)


def not_begun(email: LeasedEmail) -> Outcome:
    """It goes back as it was."""
    return Outcome("deferred" if email.was_deferred else "queued", email.because, counted=False, announced=False)


def unsendable(words: str) -> Outcome:
    """Its row cannot be made into a message; other e-mails are not affected."""
    return Outcome("failed", words, stage="message", words=words)


def files_away(email: LeasedEmail, because: str) -> Outcome:
    """The store does not give its files; the server was not asked."""
    if email.overdue:
        return Outcome("failed", f"given up after 4 days: {because}", stage="files", words=because)
    wait = 60 * retry_minutes(email.attempts)
    return Outcome("deferred", because, wait=wait, announced=not email.was_deferred, stage="files", words=because)


def outcome_of(email: LeasedEmail, error: SmtpError) -> Outcome:
    """The outcome for the e-mail at which `error` was raised."""
    because = f"{error.code} {error.words}" if error.code else error.words
    match error:
        case Outage() | Misconfigured():
            cause = "outage" if isinstance(error, Outage) else "misconfigured"
            returned = replace(not_begun(email), because=because, wait=OUTAGE_SECONDS)
            return replace(returned, opens_breaker=cause, stage=error.stage)
        case Refused():
            by_policy = error.stage == "RCPT" and is_policy(error)
            final = meaning_of(code_in(error.words), error.words) == "final"
            suppresses = error.stage == "RCPT" and not by_policy and final
            return _attempt(Outcome("failed", because, suppresses=suppresses, by_policy=by_policy), error)
        case Deferred() | Lost() if email.overdue:
            return _attempt(Outcome("failed", f"given up after 4 days: {because}", lost_at=_lost_at(error)), error)
        case _:
            # A server that falls silent would cost every other e-mail its time-out too.
            silent = isinstance(error, Lost) and error.silent
            outcome = Outcome("deferred", because, lost_at=_lost_at(error), opens_breaker="outage" if silent else None)
            wait = 60 * retry_minutes(email.attempts)
            return _attempt(replace(outcome, wait=wait, announced=not email.was_deferred), error)


def _attempt(outcome: Outcome, error: SmtpError) -> Outcome:
    """With the server's reply."""
    return replace(outcome, stage=error.stage, code=error.code, words=error.words)


def _lost_at(error: SmtpError) -> str | None:
    return error.stage if isinstance(error, Lost) else None


def is_policy(error: Refused) -> bool:
    """Whether the server rejected the recipient because of the sender, not because of the address."""
    return error.code == _AUTHENTICATION_REQUIRED or _POLICY.search(error.words) is not None


def rejects_us(email: LeasedEmail, outcome: Outcome) -> Outcome:
    """The server rejects us, whoever the recipient is: no e-mail fails, and a person has to fix the settings."""
    return outcome_of(email, Misconfigured(outcome.stage, outcome.words, outcome.code))


def retry_minutes(attempts: int) -> int:
    """The wait after a failed attempt that had `attempts` before it."""
    return RETRY_MINUTES[min(attempts, len(RETRY_MINUTES) - 1)]
