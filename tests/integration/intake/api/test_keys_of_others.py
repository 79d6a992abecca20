"""No stranger reads or changes another's ticket: every route of one ticket, found by the routes themselves, with every key but its own."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from shared.ticket_keys import receipt_key
from tests.integration.intake.api.calls import post
from tests.integration.intake.conftest import submission_fields

SECRET = "a-secret-of-the-tests-alone"
NEVER = "T-0000-0000"
SOME_ID = "018f0000-0000-7000-8000-000000000000"
# Routes that need an id of something of the ticket besides; its own tests find that.
OF_A_PART = ("<uuid:file>", "<uuid:change>")


# Opened by the token of one resolution in place of a key; test_satisfaction_pages.py tries the right one.
BY_TOKEN = "/satisfaction"


def routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Method and rule of everything that is about one ticket."""
    for rule in app.url_map.iter_rules():
        if "reference" in rule.arguments:
            for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
                yield method, rule


def ask(client: FlaskClient, method: str, rule: Rule, reference: str, key: str | None) -> TestResponse:
    """Ask as the route is meant to be asked: the API by bearer, a page by its address, a form by its field."""
    path = rule.rule.replace("<reference>", reference)
    for name in ("file", "change"):
        path = path.replace(f"<uuid:{name}>", SOME_ID)
    if path.startswith("/v1/"):
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        return client.open(path, method=method, json={"message": "x"} if method == "POST" else None, headers=headers)
    given = {} if key is None else {"token" if path.endswith(BY_TOKEN) else "key": key}
    fields = {"message": "x", "email": "thief@example.com", **given} if method == "POST" else None
    return client.open(path, method=method, data=fields, query_string=given if method == "GET" else None)


@pytest.fixture
def reference(client: FlaskClient) -> str:
    receipt = post(client, submission_fields(message="Mine.")).json
    assert receipt is not None
    return str(receipt["reference"])


@pytest.fixture
def other(client: FlaskClient) -> str:
    receipt = post(client, submission_fields(message="Theirs.")).json
    assert receipt is not None
    return str(receipt["reference"])


def left(engine: Engine) -> tuple[int, list[str]]:
    """What happened so far, and how the tickets stand."""
    with engine.connect() as connection:
        events = connection.execute(text("select count(*) from events.log")).scalar_one()
        return events, list(connection.execute(text("select status from intake.submissions")).scalars())


def test_these_are_the_routes_of_one_ticket(app: Flask) -> None:
    """A new one is tried below by itself; it is declared here. One of them serves files, of no other ticket."""
    assert sorted(f"{method} {rule.rule}" for method, rule in routes(app)) == [
        "GET /t/<reference>",
        "GET /t/<reference>/address/<uuid:change>",
        "GET /t/<reference>/mails",
        "GET /t/<reference>/satisfaction",
        "GET /v1/tickets/<reference>",
        "GET /v1/tickets/<reference>/attachments/<uuid:file>",
        "POST /t/<reference>/address",
        "POST /t/<reference>/address/<uuid:change>",
        "POST /t/<reference>/follow-ups",
        "POST /t/<reference>/link",
        "POST /t/<reference>/satisfaction",
        "POST /t/<reference>/withdrawal",
        "POST /v1/tickets/<reference>/follow-ups",
        "POST /v1/tickets/<reference>/withdrawal",
    ]
    serving = [rule.rule for rule in app.url_map.iter_rules() if "attachment" in rule.rule]
    assert serving == ["/v1/tickets/<reference>/attachments/<uuid:file>"]


def test_every_key_but_its_own_answers_as_no_ticket_would(
    app: Flask, client: FlaskClient, engine: Engine, reference: str, other: str
) -> None:
    own = receipt_key(SECRET, reference, 1)
    wrong = [
        (reference, receipt_key(SECRET, other, 1)),
        (reference, receipt_key(SECRET, reference, 0)),
        (reference, receipt_key(SECRET, reference, 2)),
        (reference, own.upper()),
        (reference, own[:-1]),
        (reference, own + "a"),
        (reference, "å" * 32),
        (reference.lower(), own),
        (NEVER, receipt_key(SECRET, NEVER, 1)),
        (NEVER, own),
        ("%", own),
        ("T-____-____", own),
    ]
    before = left(engine)
    for method, rule in routes(app):
        answers = [ask(client, method, rule, *one) for one in wrong]
        assert {answer.status_code for answer in answers} == {404}, rule.rule
        assert len({answer.text for answer in answers}) == 1, rule.rule
        headers = [{name: value for name, value in answer.headers if name != "X-Correlation-Id"} for answer in answers]
        assert all(one == headers[0] for one in headers), rule.rule
    assert left(engine) == before


def test_without_a_key_there_is_nothing_to_see_either(
    app: Flask, client: FlaskClient, engine: Engine, reference: str
) -> None:
    before = left(engine)
    for method, rule in routes(app):
        known, unknown = (ask(client, method, rule, one, None) for one in (reference, NEVER))
        assert known.status_code == (401 if rule.rule.startswith("/v1/") else 404), rule.rule
        assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert left(engine) == before


def test_a_key_in_the_address_of_a_form_does_not_count(app: Flask, client: FlaskClient, reference: str) -> None:
    """A link that somebody else has made changes nothing by itself."""
    for path in ("follow-ups", "withdrawal", "address"):
        address = f"/t/{reference}/{path}?key={receipt_key(SECRET, reference, 1)}"
        assert client.post(address, data={"message": "x", "email": "thief@example.com"}).status_code == 404


def test_its_own_key_opens_every_one(app: Flask, client: FlaskClient, reference: str) -> None:
    own = receipt_key(SECRET, reference, 1)
    whole = [(m, rule) for m, rule in routes(app) if not rule.rule.endswith((*OF_A_PART, BY_TOKEN))]
    answers = {f"{m} {rule.rule}": ask(client, m, rule, reference, own).status_code for m, rule in whole}
    assert {call: status for call, status in answers.items() if status in (401, 403, 404)} == {}


def test_a_renewed_key_invalidates_the_old_one(app: Flask, client: FlaskClient, engine: Engine, reference: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("update intake.submissions set key_number = 2"))
    for method, rule in routes(app):
        assert ask(client, method, rule, reference, receipt_key(SECRET, reference, 1)).status_code == 404
    assert client.get(f"/t/{reference}", query_string={"key": receipt_key(SECRET, reference, 2)}).status_code == 200
