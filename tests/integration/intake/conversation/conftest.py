"""A submission, and the client of its requester."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from services.intake.app import create_app
from services.intake.settings import IntakeSettings
from shared.storage.object_store import ObjectStore
from tests.integration.intake.conftest import submission_fields


@pytest.fixture(scope="module")
def app(intake_settings: IntakeSettings) -> Flask:
    return create_app(intake_settings)


@pytest.fixture
def client(app: Flask, engine: Engine, redis_url: str, store: ObjectStore) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def reference(client: FlaskClient) -> str:
    fields = submission_fields(name="Ann", message="I cannot log in, see https://example.org/a?b=1&c=2")
    answer = client.post("/v1/tickets", json=fields).json
    assert answer is not None
    return str(answer["reference"])
