"""Intake's parts on real servers."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import Engine

from services.intake.settings import IntakeSettings
from services.intake.submissions.direct_connections import DirectConnections
from services.intake.submissions.submission import Receipt, Sender, Upload
from services.intake.submissions.submit_ticket import submit_ticket
from services.intake.submissions.validate import read_note
from shared.catalog.loader import load
from shared.catalog.model import Catalog
from shared.settings import read
from shared.storage.object_store import ObjectStore

Send = Callable[..., Receipt]


@pytest.fixture(scope="session")
def intake_settings(environment: dict[str, str]) -> IntakeSettings:
    return read(IntakeSettings, environment)


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load()


@pytest.fixture(scope="session")
def store(intake_settings: IntakeSettings) -> ObjectStore:
    made = ObjectStore(intake_settings)
    made.ensure_bucket()
    return made


def note_fields(**given: object) -> dict[str, object]:
    """A note that is right, with `given` in place of its fields."""
    return {"category": "account/login", "email": "ann@example.com", "message": "I cannot log in.", **given}


@pytest.fixture
def send(engine: Engine, store: ObjectStore, catalog: Catalog) -> Send:
    """Submits a note: its fields, and where it comes from."""

    connections = DirectConnections(engine)

    def submit(
        fields: Mapping[str, object] | None = None,
        upload: Upload | None = None,
        network: str = "192.0.2.1",
        **sender: Any,
    ) -> Receipt:
        note = read_note(catalog, fields or note_fields(), [upload] if upload else [])
        return submit_ticket(connections, store, catalog, note, Sender(network, "correlation", **sender))

    return submit
