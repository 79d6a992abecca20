"""Every route of notify's API: an agent of ads reads and changes nothing of billing's mail over any of them."""

import json
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from services.notify.app import create_app
from services.notify.settings import NotifySettings
from shared.auth.principal import Role
from shared.auth.tokens import make_token, revoke_token
from shared.auth.users import make_user
from shared.events.contracts import ticket_routed
from shared.http.authorisation import authorisation_of_routes
from tests.integration.notify.ledger import Ledger, submission

EMAIL = "payer@example.org"

# The answers to an agent of another team; every other route answers 403. Lists hold only what is theirs, previews have made-up facts,
# and anyone may suppress an address.
OPEN = {
    "GET /v1/emails": 200,
    "GET /v1/emails/kinds": 200,
    "POST /v1/emails/resends": 202,
    "GET /v1/previews/<kind>": 200,
    "POST /v1/previews/<kind>": 200,
    "GET /v1/suppressions": 200,
    "POST /v1/suppressions": 201,
}
BODIES: dict[str, Any] = {
    "POST /v1/emails/resends": {"state": "deferred"},
    "POST /v1/emails/<uuid:email>/resend": None,
    "POST /v1/previews/<kind>": {"message": "x", "reference": "T-0000-0000"},
    "POST /v1/suppressions": {"email": "new@example.org", "reason": "x"},
}


@pytest.fixture
def app(notify_settings: NotifySettings) -> Flask:
    return create_app(notify_settings)


class Caller:
    """Someone with a token, who can call every route."""

    def __init__(
        self, app: Flask, engine: Engine, role: Role, teams: tuple[str, ...], scopes: tuple[str, ...] | None = None
    ) -> None:
        self.client = app.test_client()
        with engine.begin() as connection:
            user = make_user(connection, f"{uuid4().hex}@example.com", "Ada", role, teams)
            self.headers = {"Authorization": f"Bearer {make_token(connection, user, 'test', scopes)}"}

    def __call__(self, route: str, parts: dict[str, str], query: str = "") -> TestResponse:
        """Raises KeyError for a route with a part, or a body, that is missing here."""
        method, _, rule = route.partition(" ")
        path = "/".join(parts[part] if part.startswith("<") else part for part in rule.split("/"))
        body = BODIES[route] if method == "POST" else None
        return self.client.open(path + query, method=method, json=body, headers=self.headers)


def _routes(app: Flask) -> list[str]:
    return sorted(route for route in authorisation_of_routes(app) if " /v1/" in route)


@pytest.fixture
def of_billing(ledger: Ledger, engine: Engine) -> dict[str, str]:
    """Billing's e-mail, and its suppressed address."""
    ledger.arrive(submission(EMAIL, category="billing/cost"))
    [mail] = ledger.emails()
    ledger.arrive(ticket_routed(mail["ticket"], "c", {"team": "billing", "state": "open"}))
    suppression = str(uuid4())
    with engine.begin() as connection:
        connection.execute(text("update notify.emails set state = 'deferred'"))
        connection.execute(
            text("insert into notify.suppressions (id, address, reason, source) values (:id, :a, 'x', 'bounce')"),
            {"id": suppression, "a": EMAIL},
        )
    return {"<uuid:email>": str(mail["id"]), "<uuid:suppression>": suppression, "<kind>": "reply"}


@pytest.mark.parametrize(
    ("role", "teams", "scopes"),
    [
        ("agent", ("ads",), None),
        ("lead", ("ads",), None),
        ("agent", ("ads", "billing"), ("team:ads",)),
        ("service", ("*",), ("team:ads", "write")),
        ("admin", (), ("team:ads",)),
    ],
)
def test_nothing_of_billings_is_shown(
    app: Flask,
    engine: Engine,
    ledger: Ledger,
    of_billing: dict[str, str],
    role: Role,
    teams: tuple[str, ...],
    scopes: tuple[str, ...] | None,
) -> None:
    caller = Caller(app, engine, role, teams, scopes)
    before = ledger.emails()
    answers = {route: caller(route, of_billing) for route in _routes(app)}
    assert {route: answer.status_code for route, answer in answers.items() if answer.status_code != 403} == OPEN
    assert [route for route, answer in answers.items() if EMAIL in answer.text] == []
    assert caller("GET /v1/emails", {}, f"?to={EMAIL}").json == {"items": [], "next_cursor": None}
    assert ledger.emails() == before


def test_billings_own_agent_sees_it_and_may_remove_the_suppression(
    app: Flask, engine: Engine, of_billing: dict[str, str]
) -> None:
    caller = Caller(app, engine, "agent", ("billing",))
    assert EMAIL in caller("GET /v1/emails", {}).text
    assert EMAIL in caller("GET /v1/suppressions", {}).text
    assert caller("DELETE /v1/suppressions/<uuid:suppression>", of_billing).status_code == 204


def test_who_suppressed_an_address_sees_the_suppression(app: Flask, engine: Engine, of_billing: dict[str, str]) -> None:
    ada, bo = (Caller(app, engine, "agent", ("ads",)) for _ in range(2))
    made = json.loads(ada("POST /v1/suppressions", {}).text)["id"]
    assert [one["id"] for one in json.loads(ada("GET /v1/suppressions", {}).text)["items"]] == [made]
    assert bo("GET /v1/suppressions", {}).json == {"items": [], "next_cursor": None}
    assert bo("DELETE /v1/suppressions/<uuid:suppression>", {"<uuid:suppression>": made}).status_code == 403


def test_a_token_that_may_only_read_writes_nothing(app: Flask, engine: Engine, of_billing: dict[str, str]) -> None:
    caller = Caller(app, engine, "admin", (), ("read",))
    marks = authorisation_of_routes(app)
    writing = {route for route in _routes(app) if not str(marks[route]).endswith(".read")}
    assert {route for route in _routes(app) if caller(route, of_billing).status_code == 403} == writing


def test_a_revoked_token_opens_no_route(app: Flask, engine: Engine, of_billing: dict[str, str]) -> None:
    caller = Caller(app, engine, "admin", ())
    with engine.begin() as connection:
        for token in connection.execute(text("select id from auth.tokens")).scalars().all():
            revoke_token(connection, token)
    assert {caller(route, of_billing).status_code for route in _routes(app)} == {401}
