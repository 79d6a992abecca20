"""One connection to the SMTP server, used for several mails, for a bounded number of them and of seconds."""

import time

from services.notify.delivery.smtp import SmtpConnection
from services.notify.delivery.smtp_server import Server
from shared.crash_points import effect

# A connection is renewed after this much, so that a server behind a balancer gets its share and none is kept for ever.
MAILS_A_CONNECTION = 100
SECONDS_A_CONNECTION = 60
# Whatever the server is doing, it is cut off then.
LONGEST_CONVERSATION = SECONDS_A_CONNECTION + 180


class ReusedConnection:
    """Opens a connection when one is needed."""

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
        """Say goodbye, if there is anybody left to say it to."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.quit() if smtp.usable else smtp.close()
