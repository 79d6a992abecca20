"""The API's client, on real servers."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from services.intake.app import create_app
from services.intake.settings import IntakeSettings
from shared.storage.object_store import ObjectStore


@pytest.fixture(scope="module")
def app(intake_settings: IntakeSettings) -> Flask:
    return create_app(intake_settings)


@pytest.fixture
def client(app: Flask, engine: Engine, redis_url: str, store: ObjectStore) -> Iterator[FlaskClient]:
    with app.test_client() as made:
        yield made
