"""intake's dependencies on real servers."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import Engine

from services.intake.deps import Deps
from services.intake.settings import IntakeSettings
from services.intake.submissions.direct_connections import DirectConnections
from services.intake.submissions.submission import Receipt, Sender, Upload
from services.intake.submissions.submit_ticket import submit_ticket
from services.intake.submissions.validate import validate_submission
from shared.attachments.decoders import Decoders
from shared.catalog.loader import load
from shared.catalog.model import Catalog
from shared.limits.limiter import Limiter
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


@pytest.fixture(scope="session")
def decoders() -> Iterator[Decoders]:
    made = Decoders()
    yield made
    made.close()


def submission_fields(**given: object) -> dict[str, object]:
    """The fields of a valid submission, with `given` instead of some."""
    return {"category": "account/login", "email": "ann@example.com", "message": "I cannot log in.", **given}


@pytest.fixture
def deps(intake_settings: IntakeSettings, engine: Engine, store: ObjectStore, catalog: Catalog) -> Deps:
    """Without Redis: limits are counted in memory."""
    return Deps(intake_settings, engine, store, catalog, Limiter("redis://127.0.0.1:9/0"))


@pytest.fixture
def send(engine: Engine, store: ObjectStore, catalog: Catalog) -> Send:
    """Submits fields and a file, from a network."""

    connections = DirectConnections(engine)

    def submit(
        fields: Mapping[str, object] | None = None,
        upload: Upload | None = None,
        network: str = "192.0.2.1",
        **sender: Any,
    ) -> Receipt:
        submission = validate_submission(catalog, fields or submission_fields(), [upload] if upload else [])
        return submit_ticket(connections, store, catalog, submission, Sender(network, "correlation", **sender))

    return submit
