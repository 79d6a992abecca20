"""A server for inbound mail, and what it stored."""

import asyncio
import smtplib
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text

from local.ports import free_ports
from services.notify.deps import Deps
from services.notify.emails.addresses import reply_address
from services.notify.inbound.server import listen
from services.notify.settings import NotifySettings
from shared.storage.object_store import ObjectStore
from tests.polling import eventually

TICKET = "T-7K3M-9QXA"


class Inbound:
    """The server, and what it stored."""

    def __init__(self, engine: Engine, settings: NotifySettings, port: int) -> None:
        self.engine, self.settings, self.port = engine, settings, port

    def deliver(self, content: bytes, to: str, sender: str = "requester@example.com") -> None:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as client:
            client.sendmail(sender, [to], content)

    def mails(self) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            return [
                dict(row._mapping) for row in connection.execute(text("select * from notify.inbound_mails order by id"))
            ]

    def events(self) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            rows = connection.execute(
                text("select ticket, payload from events.log where type = 'MailReceived' order by id")
            )
            return [{"ticket": row.ticket, **row.payload} for row in rows]

    @property
    def reply_address(self) -> str:
        return reply_address(self.settings.secret, TICKET, self.settings.mail_domain)


def listening(engine: Engine, settings: NotifySettings) -> Iterator[Inbound]:
    port = free_ports(1)[0]
    loop, stopping = asyncio.new_event_loop(), asyncio.Event()
    work = listen(Deps(settings, engine, ObjectStore(settings)), "127.0.0.1", port, stopping)
    thread = threading.Thread(target=loop.run_until_complete, args=(work,))
    thread.start()
    inbound = Inbound(engine, settings, port)
    eventually(lambda: answers(inbound))
    yield inbound
    loop.call_soon_threadsafe(stopping.set)
    thread.join(60)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def answers(inbound: Inbound) -> bool:
    try:
        smtplib.SMTP("127.0.0.1", inbound.port, timeout=30).quit()
    except OSError:
        return False
    return True


@pytest.fixture
def inbound(engine: Engine, notify_settings: NotifySettings) -> Iterator[Inbound]:
    yield from listening(engine, notify_settings)
