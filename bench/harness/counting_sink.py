"""An SMTP server that counts mails and discards them: `python -m bench.harness.counting_sink PORT`."""

import signal
import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from local.servers.mail_sink import Pipelining


class Counting(Pipelining):
    """Accepts every mail."""

    def __init__(self) -> None:
        self.mails = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # its name at aiosmtpd
        self.mails += 1
        return "250 OK"


def main() -> None:
    """Serve until SIGTERM."""
    Controller(Counting(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    ended.wait()


if __name__ == "__main__":
    main()
