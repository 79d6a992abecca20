"""Where mail is read."""

import pytest
from sqlalchemy import Engine

from services.intake.inbound.mail_room import MailRoom
from shared.catalog.model import Catalog
from shared.store import ObjectStore


@pytest.fixture
def room(engine: Engine, store: ObjectStore, catalog: Catalog) -> MailRoom:
    return MailRoom(engine, store, catalog)
