"""One e-mail is handed to the SMTP server."""

from collections.abc import Callable

from services.notify.compose.message import UnsafeHeader
from services.notify.delivery.lease import Taken
from services.notify.delivery.outcome import Outcome
from services.notify.delivery.replies import sent, suppressed, unsendable, verdict
from services.notify.delivery.smtp import SmtpConnection
from services.notify.delivery.smtp_errors import SmtpError
from shared.crash_points import crash_point


class NoLongerOurs(Exception):
    """The lease ended, or the owner's lock was lost: another may be sending it."""


def send_email(
    smtp: SmtpConnection, email: Taken, body: Callable[[], bytes], still_ours: Callable[[], bool]
) -> Outcome:
    """Send `email` over `smtp` and say what came of it.

    `body` makes its message. Raises NoLongerOurs when `still_ours`, asked before the body is handed over, says no; the server then has
    not got it.
    """
    if email.suppressed is not None:
        return suppressed(email.suppressed)

    def check() -> None:
        crash_point("notify.recipient_accepted")
        if not still_ours():
            raise NoLongerOurs

    try:
        code, words = smtp.send(email.envelope_from, email.recipient, body, check)
    except SmtpError as error:
        return verdict(email, error)
    except (UnsafeHeader, UnicodeError) as error:
        return unsendable(str(error))
    crash_point("notify.body_accepted")
    return sent(code, words)
