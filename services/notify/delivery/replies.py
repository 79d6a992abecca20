"""What an SMTP reply means for the e-mail it answered. Pure."""

import re
from dataclasses import replace

from services.notify.delivery.lease import Taken
from services.notify.delivery.outcome import Outcome
from services.notify.delivery.smtp_errors import Deferred, Lost, Misconfigured, Outage, Refused, SmtpError
from services.notify.emails.suppression_reason import because_listed

# A server that wants a mail later is asked again after these minutes, then every hour, for four days: greylisting is over after
# the first few, and a mailbox that is full for longer than a week-end stays so.
RETRY_MINUTES = (1, 5, 15, 30, 60)
# Nobody is to blame for an outage; the mail that met it goes behind those that wait already.
OUTAGE_SECONDS = 10
# A server that will not relay for us says so to the recipient, as Postfix, Exim and Exchange do: by a policy's code (RFC 3463, 3.8),
# by 530 (RFC 4954), or in these words. The address is then not what is wrong.
_POLICY = re.compile(r"\b5\.7\.\d|\brelay", re.IGNORECASE)
_LOG_IN_FIRST = 530


def sent(code: int, words: str) -> Outcome:
    """The server has it."""
    return Outcome("sent", stage="DATA", code=code, words=words)


def suppressed(reason: str) -> Outcome:
    """The address came onto the list after the e-mail was written."""
    return Outcome("suppressed", because_listed(reason), counted=False)


def given_back(email: Taken) -> Outcome:
    """It was not begun."""
    return Outcome("deferred" if email.was_deferred else "queued", email.because, counted=False, told=False)


def unsendable(words: str) -> Outcome:
    """The row cannot be made into a message: its own fault, and nobody else's."""
    return Outcome("failed", words, stage="message", words=words)


def verdict(email: Taken, error: SmtpError) -> Outcome:
    """What becomes of the e-mail after `error`."""
    because = f"{error.code} {error.words}" if error.code else error.words
    match error:
        case Outage() | Misconfigured():
            state = "deferred" if email.was_deferred else "queued"
            shuts = "outage" if isinstance(error, Outage) else "misconfigured"
            return Outcome(
                state, because, counted=False, wait=OUTAGE_SECONDS, told=False, shuts=shuts, stage=error.stage
            )
        case Refused():
            denied = error.stage == "RCPT" and is_policy(error)
            refused = error.stage == "RCPT" and not denied
            outcome = Outcome("failed", because, refused=refused, denied=denied)
            return replace(outcome, stage=error.stage, code=error.code, words=error.words)
        case Deferred() | Lost() if email.overdue:
            because = f"given up after 4 days: {because}"
            lost_at = error.stage if isinstance(error, Lost) else None
            return Outcome("failed", because, stage=error.stage, code=error.code, words=error.words, lost_at=lost_at)
        case _:
            return Outcome(
                "deferred",
                because,
                wait=60 * retry_minutes(email.attempts),
                told=not email.was_deferred,
                stage=error.stage,
                code=error.code,
                words=error.words,
                lost_at=error.stage if isinstance(error, Lost) else None,
                # A server that falls silent would cost every other mail its time-out too.
                shuts="outage" if isinstance(error, Lost) and error.silent else None,
            )


def is_policy(error: Refused) -> bool:
    """Whether a refusal at the recipient speaks of who may send, and not of the address."""
    return error.code == _LOG_IN_FIRST or _POLICY.search(error.words) is not None


def denied_us(email: Taken, outcome: Outcome) -> Outcome:
    """It is us that the server refuses, whoever the recipient: nothing fails for it, and a person has to act."""
    return verdict(email, Misconfigured(outcome.stage, outcome.words, outcome.code))


def retry_minutes(attempts: int) -> int:
    """How long to wait after a failed attempt, `attempts` of which went before."""
    return RETRY_MINUTES[min(attempts, len(RETRY_MINUTES) - 1)]
