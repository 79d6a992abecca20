"""A peer that misbehaves, and a sender: a patient one, or where the peer falls silent one that loses patience quickly."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.delivery.sender import Mailing
from services.notify.delivery.smtp_server import Patience
from services.notify.settings import NotifySettings
from services.notify.worker import make_mailing
from shared.settings import read
from tests.faults.notify.peer import Peer, Script
from tests.integration.notify.notes import Notes

PATIENT = Patience()
# Long enough that a peer which only waits for a core of a busy machine does not pass for a silent one.
QUICK = Patience(connect=2, reply=1, body_reply=1)


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
def notes(engine: Engine, notify_settings: NotifySettings) -> Notes:
    return Notes(engine, notify_settings)


def mailing_to(settings: NotifySettings, url: str, patience: Patience = PATIENT) -> Mailing:
    mailing = make_mailing(replace(settings, smtp_url=url))
    return replace(mailing, server=replace(mailing.server, patience=patience))


@pytest.fixture
def send_to(engine: Engine, notify_settings: NotifySettings) -> Callable[[Peer], int]:
    """One run of a sender against a peer; returns how many e-mails it tried."""

    def send(peer: Peer) -> int:
        return send_due_emails(engine, mailing_to(notify_settings, peer.url), 20)

    return send


@pytest.fixture
def send_impatiently_to(engine: Engine, notify_settings: NotifySettings) -> Callable[[Peer], int]:
    """As `send_to`, and a peer that says nothing is soon given up."""

    def send(peer: Peer) -> int:
        return send_due_emails(engine, mailing_to(notify_settings, peer.url, QUICK), 20)

    return send
