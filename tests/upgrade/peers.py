"""Those whom a system speaks to: a mail server that does not take everything, and a team's own tool."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

# What the mail server answers at RCPT to these mailboxes, whatever the domain.
AT_RCPT = {"gone": "550 5.1.1 No such user here", "full": "452 4.2.2 Mailbox full"}
# The mailboxes for which it takes its time to answer the body.
SLOW = "slow"


class MailServer:
    """`slow`: mails that it has heard and not answered yet."""

    def __init__(self) -> None:
        self.slow: list[str] = []

    async def handle_RCPT(  # noqa: N802 (aiosmtpd finds hooks by this name)
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        rejection = AT_RCPT.get(address.partition("@")[0])
        if rejection is None:
            envelope.rcpt_tos.append(address)
        return rejection or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if envelope.rcpt_tos[0].startswith(SLOW):
            self.slow.append(envelope.rcpt_tos[0])
            await server.loop.create_future()  # until the connection ends
        return "250 OK"


@contextmanager
def mail_server(port: int) -> Iterator[MailServer]:
    """A server at this port of this machine."""
    made = MailServer()
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    yield made
    controller.stop()


class _Tool(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200 if self.path == "/takes" else 500)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is the library's)
        pass


@contextmanager
def webhook_receiver(port: int) -> Iterator[str]:
    """Its address; it takes what is posted to /takes and fails at any other path."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _Tool)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
