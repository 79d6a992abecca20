"""Every error is a problem document, and a traceback is never part of one."""

from http import HTTPStatus
from typing import Any

import marshmallow as ma
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DataError, OperationalError

from shared import errors
from shared.http import health, problems, security_headers
from shared.http.arguments import Blueprint

RAISED: dict[str, Exception] = {
    "unauthenticated": errors.Unauthenticated("Who?"),
    "forbidden": errors.Forbidden("Not yours."),
    "unknown": errors.NotFound("No such thing."),
    "conflict": errors.Conflict("Changed."),
    "large": errors.TooLarge("Too big."),
    "media": errors.UnsupportedMedia("Not that."),
    "slow-down": errors.TooManyRequests("Later.", 7),
    "outage": errors.Unavailable("Away.", 9),
    "transient": errors.TransientError("secret address s3.internal"),
    "postgres-away": OperationalError("select secret", {}, Exception("secret")),
    "bug": ZeroDivisionError("secret"),
    "bad-statement": DataError("select secret", {}, Exception("secret")),
}


class Body(ma.Schema):
    number = ma.fields.Integer(required=True)
    details = ma.fields.Nested(ma.Schema.from_dict({"kind": ma.fields.String(required=True)}, name="Details"))


@pytest.fixture
def client() -> FlaskClient:
    app = Flask(__name__)
    api = problems.make_api(app, "Trial")
    security_headers.add_security_headers(app)
    blueprint = Blueprint("trial", __name__)

    @blueprint.route("/v1/things", methods=["POST"])
    @blueprint.arguments(Body)
    @blueprint.response(201, Body)
    def make(body: dict[str, Any]) -> dict[str, Any]:
        return body

    @blueprint.route("/v1/raise/<name>")
    @blueprint.response(200)
    def fail(name: str) -> None:
        raise RAISED[name]

    api.register_blueprint(blueprint)
    api.register_blueprint(health.make_blueprint({"store": lambda: None}, metrics_token="token-of-metrics"))
    return app.test_client()


@pytest.mark.parametrize(
    ("name", "status", "retry_after"),
    [
        ("unauthenticated", 401, None),
        ("forbidden", 403, None),
        ("unknown", 404, None),
        ("conflict", 409, None),
        ("large", 413, None),
        ("media", 415, None),
        ("slow-down", 429, "7"),
        ("outage", 503, "9"),
        ("transient", 503, "5"),
        ("postgres-away", 503, "5"),
        ("bug", 500, None),
        ("bad-statement", 500, None),
    ],
)
def test_what_was_raised_becomes_its_status(
    client: FlaskClient, name: str, status: int, retry_after: str | None
) -> None:
    answer = client.get(f"/v1/raise/{name}")
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.headers.get("Retry-After") == retry_after
    assert answer.json is not None
    assert set(answer.json) == {"type", "title", "status", "detail"}
    assert answer.json["status"] == status
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"number": 1}', "application/json", 201),
        (b'{"number": 1}', "application/vnd.api+json", 201),
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"number": NaN}', "application/json", 400),
        (b'{"number": 1e999}', "application/json", 400),
        (b'{"number": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b"[" * 5000 + b"]" * 5000, "application/json", 400),
        (b"[" * 80 + b"]" * 80, "application/json", 400),
        (b"number=1", "application/x-www-form-urlencoded", 415),
        (b"", "text/plain", 415),
        (b"[1]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"", "application/json", 422),
        (b'{"number": "x"}', "application/json", 422),
        (b'{"number": 1, "more": 2}', "application/json", 422),
    ],
)
def test_a_body_gets_the_status_of_what_is_wrong_with_it(
    client: FlaskClient, body: bytes, content_type: str, status: int
) -> None:
    answer = client.post("/v1/things", data=body, content_type=content_type)
    assert answer.status_code == status
    assert answer.content_type == ("application/json" if status == 201 else "application/problem+json")


def test_all_bad_fields_are_named_at_once_by_dotted_paths(client: FlaskClient) -> None:
    answer = client.post("/v1/things", json={"number": "x", "details": {"other": 1}, "more": 2})
    assert answer.json is not None
    assert set(answer.json["errors"]) == {"number", "details.kind", "details.other", "more"}


def test_characters_that_are_no_text_are_refused_by_their_field(client: FlaskClient) -> None:
    answer = client.post(
        "/v1/things",
        data=b'{"number": 1, "details": {"kind": "a\\u0000", "b": ["\\ud800"]}}',
        content_type="application/json",
    )
    assert answer.status_code == 422
    assert answer.json is not None
    assert set(answer.json["errors"]) == {"details.kind", "details.b[0]"}


def test_unknown_addresses_and_methods_are_problems_too(client: FlaskClient) -> None:
    assert client.get("/nowhere").content_type == "application/problem+json"
    refused = client.delete("/v1/things")
    assert refused.status_code == 405
    assert refused.content_type == "application/problem+json"
    assert "POST" in refused.headers["Allow"]


def test_a_browser_gets_the_page_it_asked_for() -> None:
    app = Flask(__name__)
    problems.make_api(app, "Trial")
    problems.show_errors_as_pages(app, lambda answer: (f"<p>{answer.status_code}</p>", answer.status_code))
    client = app.test_client()
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    assert client.get("/nowhere", headers=browser).text == "<p>404</p>"
    assert client.get("/nowhere", headers={"Accept": "*/*"}).is_json
    assert client.get("/v1/nowhere", headers=browser).is_json


def test_the_document_promises_problems_as_problem_json(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    assert document is not None
    assert document["openapi"].startswith("3.1")
    assert list(document["components"]["responses"]["DEFAULT_ERROR"]["content"]) == ["application/problem+json"]
    assert list(document["components"]["responses"][HTTPStatus(422).name]["content"]) == ["application/problem+json"]


def test_metrics_ask_for_their_token(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer token-of-metrics"}).status_code == 200


def test_every_answer_carries_the_security_headers(client: FlaskClient) -> None:
    for path in ("/livez", "/nowhere", "/v1/raise/bug"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"


def test_not_ready_names_what_is_missing_and_not_why() -> None:
    def broken() -> None:
        raise ConnectionError("secret address")

    app = Flask(__name__)
    api = problems.make_api(app, "Trial")
    api.register_blueprint(health.make_blueprint({"postgres": broken, "store": lambda: None}))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "postgres" in answer.text
    assert "secret" not in answer.text
