"""An SMTP server of a test's own, which keeps what it accepted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller

from local.ports import free_ports


@dataclass
class Accepted:
    """A mail as the server got it."""

    recipients: list[str]
    options: list[str]
    content: bytes


@dataclass
class MailServer:
    """`refused`: recipients that it rejects for good."""

    url: str
    refused: set[str] = field(default_factory=set)
    accepted: list[Accepted] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 (aiosmtpd finds hooks by this name)
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        content = envelope.original_content or b""
        self.accepted.append(Accepted(list(envelope.rcpt_tos), list(envelope.mail_options), content))
        return "250 OK"

    @property
    def recipients(self) -> list[str]:
        return [one for mail in self.accepted for one in mail.recipients]


@contextmanager
def mail_server(*, smtputf8: bool) -> Iterator[MailServer]:
    """A server on a free port; `smtputf8`: whether it offers that extension (RFC 6531)."""
    [port] = free_ports(1)
    made = MailServer(f"smtp://127.0.0.1:{port}")
    controller = Controller(made, hostname="127.0.0.1", port=port, enable_SMTPUTF8=smtputf8)
    controller.start()
    try:
        yield made
    finally:
        controller.stop()
