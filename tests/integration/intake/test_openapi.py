"""The OpenAPI document is true: whatever schemathesis makes of it, the answers are as documented and never a 5xx."""

import dataclasses
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from services.intake.app import create_app
from services.intake.settings import IntakeSettings
from shared.store import ObjectStore

# One check is left out: which categories there are, and what each of them takes as details, is data that the document cannot hold,
# so a note may be right by the document and refused (422, documented) by the catalogue.
OPERATIONS = [
    "GET /v1/categories",
    "POST /v1/tickets",
    "GET /v1/tickets/{reference}",
    "POST /v1/tickets/{reference}/follow-ups",
    "POST /v1/tickets/{reference}/withdrawal",
    "GET /livez",
    "GET /readyz",
    "GET /metrics",
]


@pytest.fixture(scope="module")
def app(intake_settings: IntakeSettings, store: ObjectStore) -> Flask:
    unlimited = dataclasses.replace(intake_settings, limit_submissions="", limit_notes="", limit_refused="")
    return create_app(unlimited)


def operations(app: Flask) -> dict[str, Any]:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    found = [result.ok() for result in schema.get_all_operations()]
    return {f"{operation.method.upper()} {operation.path}": operation for operation in found}


def test_every_operation_is_tried_here(app: Flask) -> None:
    assert sorted(operations(app)) == sorted(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_is_as_the_document_says(app: Flask, clean_database: None, redis_url: str, name: str) -> None:
    operation = operations(app)[name]

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def answers_hold(case: Any) -> None:
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    answers_hold()
