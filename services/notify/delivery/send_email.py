"""Send one e-mail to the SMTP server."""

from collections.abc import Callable

from services.notify.compose.message import UnsafeHeader
from services.notify.delivery.lease import LeasedEmail
from services.notify.delivery.outcome import Outcome
from services.notify.delivery.replies import outcome_of, sent, suppressed, unsendable
from services.notify.delivery.smtp import SmtpConnection
from services.notify.delivery.smtp_errors import SmtpError
from shared.crash_points import crash_point
from shared.mail.addresses import is_writable


class NoLongerOurs(Exception):
    """The lease ended, or the owner's lock was lost: another process may be sending the e-mail."""


def send_email(
    smtp: SmtpConnection, email: LeasedEmail, body: Callable[[], bytes], still_ours: Callable[[], bool]
) -> Outcome:
    """Send `email` over `smtp`; returns the outcome.

    `body` makes its message. Raises NoLongerOurs where `still_ours`, asked before the body is sent, is false; the server then does not
    have it.
    """
    if email.suppressed is not None:
        return suppressed(email.suppressed)
    if not is_writable(email.recipient, smtputf8=True):
        return unsendable("not an address that can be written to")

    def check() -> None:
        crash_point("notify.recipient_accepted")
        if not still_ours():
            raise NoLongerOurs

    try:
        code, words = smtp.send(email.envelope_from, email.recipient, body, check)
    except SmtpError as error:
        return outcome_of(email, error)
    except (UnsafeHeader, UnicodeError) as error:
        return unsendable(str(error))
    crash_point("notify.body_accepted")
    return sent(code, words)
