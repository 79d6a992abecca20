"""A peer that misbehaves, and a sender that loses patience quickly."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from services.notify.send_due_emails import send_due_emails
from services.notify.sender import Mailing
from services.notify.settings import NotifySettings
from services.notify.transport import Patience
from services.notify.worker import make_mailing
from shared.settings import read
from tests.faults.notify.peer import Peer, Script
from tests.integration.notify.notes import Notes

QUICK = Patience(connect=1, reply=0.5, body_reply=1)


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


def mailing_to(settings: NotifySettings, url: str) -> Mailing:
    mailing = make_mailing(replace(settings, smtp_url=url))
    return replace(mailing, server=replace(mailing.server, patience=QUICK))


@pytest.fixture
def send_to(engine: Engine, notify_settings: NotifySettings) -> Callable[[Peer], int]:
    """One run of a sender against a peer; returns how many e-mails it tried."""

    def send(peer: Peer) -> int:
        return send_due_emails(engine, mailing_to(notify_settings, peer.url), 20)

    return send
