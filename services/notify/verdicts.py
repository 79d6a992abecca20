"""What an SMTP reply means for the e-mail it answered. Pure."""

from services.notify.outcome import Outcome
from services.notify.smtp_errors import Deferred, Lost, Misconfigured, Outage, Refused, SmtpError
from services.notify.taking import Taken

# A server that wants a mail later is asked again after these minutes, then every hour, for four days: greylisting is over after
# the first few, and a mailbox that is full for longer than a week-end stays so.
RETRY_MINUTES = (1, 5, 15, 30, 60)
# Nobody is to blame for an outage; the mail that met it goes behind those that wait already.
OUTAGE_SECONDS = 10


def sent(code: int, words: str) -> Outcome:
    """The server has it."""
    return Outcome("sent", stage="DATA", code=code, words=words)


def suppressed(reason: str) -> Outcome:
    """The address came onto the list after the e-mail was written."""
    return Outcome("suppressed", f"the address is on the suppression list: {reason}", counted=False)


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
            return Outcome(state, because, counted=False, wait=OUTAGE_SECONDS, told=False, shuts=shuts)
        case Refused():
            refused = error.stage == "RCPT"
            return Outcome("failed", because, refused=refused, stage=error.stage, code=error.code, words=error.words)
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


def retry_minutes(attempts: int) -> int:
    """How long to wait after a failed attempt, `attempts` of which went before."""
    return RETRY_MINUTES[min(attempts, len(RETRY_MINUTES) - 1)]
