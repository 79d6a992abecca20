"""What the API's tests send, and how they read what comes back."""

import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.integration.intake.conftest import submission_fields

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def post(client: FlaskClient, body: object = None, **headers: str) -> TestResponse:
    return client.post("/v1/tickets", json=submission_fields() if body is None else body, headers=headers)


def post_file(client: FlaskClient, name: str, body: bytes, **fields: object) -> TestResponse:
    return client.post("/v1/tickets", data={**submission_fields(**fields), "attachment": (io.BytesIO(body), name)})


def key_of(receipt: dict[str, Any]) -> dict[str, str]:
    [key] = parse_qs(urlsplit(receipt["status_url"]).query)["key"]
    return {"Authorization": f"Bearer {key}"}


def errors_of(answer: TestResponse, status: int) -> dict[str, list[str]]:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert {"type", "title", "status", "detail"} <= set(answer.json)
    errors: dict[str, list[str]] = answer.json.get("errors", {})
    return errors
