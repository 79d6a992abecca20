"""The SMTP server for replies, bounces and other mail to our domain. `python -m services.notify.inbound.server`."""

import asyncio
import signal
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session, syntax
from sqlalchemy.exc import SQLAlchemyError

from services.notify.deps import Deps, bootstrap
from services.notify.emails.addresses import bounced_email, replied_ticket
from services.notify.inbound.classify_mail import Arrival
from services.notify.inbound.receive_mail import receive_mail
from services.notify.settings import NotifySettings
from shared.errors import TransientError
from shared.runtime.logs import configure, logger
from shared.runtime.processes import ProcessSettings, process
from shared.settings import read

NAME = "inbound"
CONNECTIONS = 5
# Ten files of 2 MiB in base64, and the rest of the mail; larger mails are rejected at MAIL where their size is announced.
LARGEST_MAIL = 40 * 1024 * 1024
# Bytes that a client may send from one RCPT to the next: a mail that is too large is read to its end before it is rejected, but an
# endless line must not fill the memory.
MOST_RECEIVED = 3 * LARGEST_MAIL
# RFC 5321, 4.5.3.2.7: a server should wait at least five minutes for the next command.
IDLE_SECONDS = 300
# A person's mail has one recipient here. A further one needs a transaction of its own, so that each gets its own answer.
_ONE_AT_A_TIME = "452 4.5.3 One recipient at a time, please"

log = logger(__name__)


class Listener(SMTP):  # type: ignore[misc]  # aiosmtpd is untyped
    """SMTP (RFC 5321), and LMTP (RFC 2033) for a client that begins with LHLO."""

    # Some programs write a whole mail in one line, against RFC 5321, 4.5.3.1.6; rejected, it would bounce to its writer.
    line_length_limit = LARGEST_MAIL
    received = 0

    def data_received(self, data: bytes) -> None:
        """Count the bytes, and disconnect a client that sends too many."""
        self.received += len(data)
        if self.received > MOST_RECEIVED and self.transport is not None:
            log.warning("client cut off", received=self.received)
            self.transport.abort()
        else:
            super().data_received(data)

    @syntax("LHLO hostname")  # type: ignore[untyped-decorator]
    async def smtp_LHLO(self, hostname: str) -> None:  # noqa: N802 (aiosmtpd finds commands by this name)
        """The same as EHLO: with one recipient at a time both have one reply to the body."""
        await self.smtp_EHLO(hostname)


class Handler:
    """Accepts mail to our addresses, and answers 250 only after it is stored."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def handle_RCPT(  # noqa: N802 (aiosmtpd finds hooks by this name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept only addresses of ours; those of a ticket or an e-mail only with our signature."""
        settings = self._deps.settings
        local, _, domain = address.rpartition("@")
        label = local.partition("+")[0].lower()
        ours = domain.lower() == settings.mail_domain or address.lower() == settings.mail_from.lower()
        if not ours or len(address) > 320:
            return "550 5.7.1 Not an address of ours"
        genuine = replied_ticket(settings.secret, address) or bounced_email(settings.secret, address)
        if label in ("reply", "bounce") and not genuine:
            return "550 5.1.1 No such address"
        if envelope.rcpt_tos:
            return _ONE_AT_A_TIME
        envelope.rcpt_tos.append(address)
        server.received = 0
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Store the mail; until our 250 its sender keeps it too."""
        arrival = Arrival(envelope.mail_from or "", envelope.rcpt_tos[0], bytes(envelope.original_content or b""))
        try:
            kind = await asyncio.to_thread(receive_mail, self._deps, arrival)
        except (TransientError, SQLAlchemyError) as error:
            log.warning("mail deferred", error=type(error).__name__)
            return "451 4.3.0 Please try again later"
        except Exception:
            log.exception("mail could not be stored")
            return "451 4.3.0 Please try again later"
        log.info("mail received", kind=kind.kind, ticket=kind.ticket, because=kind.because, size=len(arrival.content))
        return "250 2.0.0 Stored"


def make_listener(deps: Deps, loop: asyncio.AbstractEventLoop) -> Any:
    """The protocol of one client's connection."""
    return Listener(
        Handler(deps),
        data_size_limit=LARGEST_MAIL,
        enable_SMTPUTF8=deps.settings.smtputf8,
        hostname=deps.settings.mail_domain,
        ident="Vidare",
        timeout=IDLE_SECONDS,
        loop=loop,
    )


async def listen(deps: Deps, host: str, port: int, stopping: asyncio.Event) -> None:
    """Serve until `stopping` is set. A mail that is being received is still stored; its client may miss the 250 and send it again."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: make_listener(deps, loop), host, port)
    log.info("inbound listens", host=host, port=port)
    await stopping.wait()
    server.close()  # not waited for: idle clients may stay connected for minutes


async def _run(settings: NotifySettings, process_settings: ProcessSettings) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    deps = bootstrap(settings, application="vidare-inbound", pool_size=CONNECTIONS)
    offset = getattr(process(NAME), "offset", 0)
    await listen(deps, process_settings.bind, process_settings.base_port + offset, stopping)


def main() -> None:
    """Receive mail until SIGTERM."""
    settings = read(NotifySettings)
    configure(settings.log_level, NAME)
    asyncio.run(_run(settings, read(ProcessSettings)))


if __name__ == "__main__":
    main()
