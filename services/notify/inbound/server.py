"""The process that receives mail: replies, bounces and whatever else is sent to our domain. `python -m services.notify.inbound.server`."""

import asyncio
import signal
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session, syntax
from sqlalchemy.exc import SQLAlchemyError

from services.notify.emails.addresses import bounced_email, replied_ticket
from services.notify.inbound.classify import Arrival
from services.notify.inbound.receive_mail import Reception, receive_mail
from services.notify.settings import NotifySettings
from shared.errors import TransientError
from shared.runtime.logs import configure, logger
from shared.runtime.processes import ProcessSettings, process
from shared.settings import read
from shared.storage.database import make_engine
from shared.storage.object_store import ObjectStore

NAME = "inbound"
# Ten files of 2 MiB, in base64, and the letter around them; larger mails are refused by size at MAIL already.
LARGEST_MAIL = 40 * 1024 * 1024
# What a client may send from one RCPT to the next: a mail that is too large is read to its end to be refused, but no line without one
# fills the memory.
MOST_HEARD = 3 * LARGEST_MAIL
# Seconds that a client may be silent (RFC 5321, 4.5.3.2.7 asks servers for five minutes).
SILENCE = 300
# A person's message has one recipient here; others are asked to come in a transaction of their own, so that each has one answer.
_ONE_AT_A_TIME = "452 4.5.3 One recipient at a time, please"

log = logger(__name__)


class Listener(SMTP):  # type: ignore[misc]  # aiosmtpd is untyped
    """SMTP (RFC 5321), and LMTP (RFC 2033) for a client that begins with LHLO."""

    # Programs write whole letters in one line, whatever RFC 5321, 4.5.3.1.6 says; refused, they would come back to their writers.
    line_length_limit = LARGEST_MAIL
    heard = 0

    def data_received(self, data: bytes) -> None:
        """Count what comes, and hang up on a client that never comes to an end."""
        self.heard += len(data)
        if self.heard > MOST_HEARD and self.transport is not None:
            log.warning("client cut off", heard=self.heard)
            self.transport.abort()
        else:
            super().data_received(data)

    @syntax("LHLO hostname")  # type: ignore[untyped-decorator]
    async def smtp_LHLO(self, hostname: str) -> None:  # noqa: N802 (aiosmtpd finds commands by this name)
        """The same as EHLO: with one recipient at a time both have one reply to the body."""
        await self.smtp_EHLO(hostname)


class Handler:
    """Takes what is for us, and says 250 only once it is kept."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    async def handle_RCPT(  # noqa: N802 (aiosmtpd finds hooks by this name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Only addresses at our domain, and only ones that we made or that anybody may know."""
        settings = self._reception.settings
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
        server.heard = 0
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail; whoever sent it keeps it too until we have said so."""
        arrival = Arrival(envelope.mail_from or "", envelope.rcpt_tos[0], bytes(envelope.original_content or b""))
        try:
            kind = await asyncio.to_thread(receive_mail, self._reception, arrival)
        except (TransientError, SQLAlchemyError) as error:
            log.warning("mail put off", error=type(error).__name__)
            return "451 4.3.0 Please come again later"
        except Exception:
            log.exception("mail could not be kept")
            return "451 4.3.0 Please come again later"
        log.info("mail received", kind=kind.kind, ticket=kind.ticket, because=kind.because, size=len(arrival.content))
        return "250 2.0.0 Kept"


def make_listener(reception: Reception, loop: asyncio.AbstractEventLoop) -> Any:
    """A protocol for one client."""
    return Listener(
        Handler(reception),
        data_size_limit=LARGEST_MAIL,
        hostname=reception.settings.mail_domain,
        ident="Vidare",
        timeout=SILENCE,
        loop=loop,
    )


async def listen(reception: Reception, host: str, port: int, stopping: asyncio.Event) -> None:
    """Serve until `stopping` is set. A mail in hand is then kept to its end, but its client may not hear of it and come again."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: make_listener(reception, loop), host, port)
    log.info("inbound listens", host=host, port=port)
    await stopping.wait()
    server.close()  # not waited for: idle clients may stay connected for minutes


async def _run(settings: NotifySettings, place: ProcessSettings) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    engine = make_engine(settings, application="vidare-inbound")
    offset = getattr(process(NAME), "offset", 0)
    await listen(Reception(engine, ObjectStore(settings), settings), place.bind, place.base_port + offset, stopping)


def main() -> None:
    """Receive mail until SIGTERM."""
    settings, place = read(NotifySettings), read(ProcessSettings)
    configure(settings.log_level, NAME)
    asyncio.run(_run(settings, place))


if __name__ == "__main__":
    main()
