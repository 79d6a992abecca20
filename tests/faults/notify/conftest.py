"""A peer that misbehaves, and a sender with the usual time-outs, or with short ones for a peer that is silent."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from services.notify.delivery.mailing import Mailing, make_mailing
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.delivery.smtp_server import Timeouts
from services.notify.settings import NotifySettings
from shared.settings import read
from tests.faults.notify.peer import Peer, Script
from tests.integration.notify.ledger import Ledger

USUAL = Timeouts()
# Long enough that a peer which waits for a core of a busy machine does not count as silent.
QUICK = Timeouts(connect=2, reply=1, body_reply=1)


@pytest.fixture
def peers() -> Iterator[Callable[[Script], Peer]]:
    """Makes peers that end with the test."""
    made: list[Peer] = []

    def make(script: Script) -> Peer:
        made.append(Peer(script))
        return made[-1]

    yield make
    for peer in made:
        peer.close()


@pytest.fixture
def notify_settings(environment: dict[str, str]) -> NotifySettings:
    return read(NotifySettings, environment)


@pytest.fixture
def ledger(engine: Engine, notify_settings: NotifySettings) -> Ledger:
    return Ledger(engine, notify_settings)


def mailing_to(settings: NotifySettings, url: str, timeouts: Timeouts = USUAL) -> Mailing:
    mailing = make_mailing(replace(settings, smtp_url=url))
    return replace(mailing, server=replace(mailing.server, timeouts=timeouts))


@pytest.fixture
def send_to(engine: Engine, notify_settings: NotifySettings) -> Callable[[Peer], int]:
    """One run of a sender against a peer; returns how many e-mails it tried."""

    def send(peer: Peer) -> int:
        return send_due_emails(engine, mailing_to(notify_settings, peer.url), 20)

    return send


@pytest.fixture
def send_impatiently_to(engine: Engine, notify_settings: NotifySettings) -> Callable[[Peer], int]:
    """As `send_to`, with short time-outs."""

    def send(peer: Peer) -> int:
        return send_due_emails(engine, mailing_to(notify_settings, peer.url, QUICK), 20)

    return send
