"""notify's parts on the test servers."""

import pytest
from sqlalchemy import Engine

from services.notify.delivery.sender import Mailing
from services.notify.settings import NotifySettings
from services.notify.worker import make_mailing
from shared.settings import read
from tests.integration.notify.notes import Notes


@pytest.fixture
def notify_settings(environment: dict[str, str]) -> NotifySettings:
    return read(NotifySettings, environment)


@pytest.fixture
def notes(engine: Engine, notify_settings: NotifySettings) -> Notes:
    """Submits notes and lets notify hear of them."""
    return Notes(engine, notify_settings)


@pytest.fixture
def mailing(notify_settings: NotifySettings) -> Mailing:
    return make_mailing(notify_settings)
