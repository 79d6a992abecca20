"""Where mail is read."""

import pytest
from sqlalchemy import Engine

from services.intake.inbound_mail.mail_room import MailRoom
from shared.catalog.model import Catalog
from shared.storage.object_store import ObjectStore


@pytest.fixture
def room(engine: Engine, store: ObjectStore, catalog: Catalog) -> MailRoom:
    return MailRoom(engine, store, catalog)
