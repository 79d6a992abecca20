"""notify on the test servers."""

import pytest
from sqlalchemy import Engine

from services.notify.delivery.mailing import Mailing, make_mailing
from services.notify.settings import NotifySettings
from shared.settings import read
from tests.integration.notify.ledger import Ledger


@pytest.fixture
def notify_settings(environment: dict[str, str]) -> NotifySettings:
    return read(NotifySettings, environment)


@pytest.fixture
def ledger(engine: Engine, notify_settings: NotifySettings) -> Ledger:
    """Lets notify handle events, and reads its ledger."""
    return Ledger(engine, notify_settings)


@pytest.fixture
def mailing(notify_settings: NotifySettings) -> Mailing:
    return make_mailing(notify_settings)
