"""Permissions of every route of the API; agents of ads cannot read or write anything of billing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from services.triage.reports.daily.registry import REPORTS
from shared.auth.principal import Role
from shared.auth.tokens import list_tokens, revoke_token
from shared.auth.users import disable, find_user
from shared.http.authorisation import authorisation_of_routes
from tests.integration.triage.conftest import Caller, People, Triage

# Routes that belong to no team: health, the document itself, e-mails without a ticket, files of one's own, new tickets,
# and a bulk, which skips the tickets of other teams.
SECRET = "Secret of billing"
FORGOTTEN = "POST /v1/password-reset"
OPEN = {FORGOTTEN, "GET /livez", "GET /readyz", "GET /metrics", "GET /openapi.json"}
NO_TEAM = {
    "POST /v1/tickets/bulk",
    "POST /v1/disapprovals",
    "POST /v1/application-statuses",
    "POST /v1/uploads",
    "POST /v1/tickets",
    "POST /v1/saved-replies",
    "POST /v1/views",
}
# Lists hold only what may be read; they refuse nothing.
LISTS = {
    "GET /v1/queues",
    "GET /v1/tickets",
    "GET /v1/saved-replies",
    "GET /v1/views",
    "GET /v1/teams",
    *(f"GET /v1/reports/{name}" for name, report in REPORTS.items() if report.permission == "tickets.read"),
}
ONESELF = {"GET /v1/me", "PUT /v1/me", "GET /v1/notifications", "POST /v1/notifications/read", "POST /v1/live/tokens"}

BODIES: dict[str, Any] = {
    "claims": {"limit": 1, "lease_seconds": 5},
    "<uuid:claim>": {"lease_seconds": 5},
    "tickets": {"category": "ads/metrics", "email": "a@example.org", "message": "x"},
    "presence": {"doing": "viewing"},
    "read": {"all": True},
    "tokens": None,
    "merge": {"into": "T-0000-0000"},
    "unmerge": {},
    "links": {"to": "T-0000-0000"},
    "participants": {"emails": ["a@example.org"]},
    "takeover": {"lease_seconds": 5},
    "key-renewal": {},
    "replies": {"message": "x"},
    "notes": {"message": "x"},
    "information-requests": {"evidence": ["x"]},
    "disapproval": {"reasons": ["excessive_hashtags"]},
    "transfer": {"team": "ads", "reason": "x"},
    "resolution": {"outcome": "solved"},
    "reopening": {"reason": "x"},
    "release": {"reason": "x"},
    "unblocking": {},
    "blocked-senders": {"email": "a@example.org", "reason": "x"},
    "owner": {"email": None},
    "snooze": {"until": (datetime.now(UTC) + timedelta(days=1)).isoformat()},
    "me": {"away": False},
    "webhooks": {"url": "https://1.1.1.1/", "secret": "x"},
    "rulesets": {"document": {}},
    "activation": {},
    "<reference>": {"priority": "low"},
    "route": {"ticket": {"category": "billing/cost"}},
    "replay": {},
    "uploads": {},
    "saved-replies": {"name": "x", "text": {"en": "x"}},
    "<uuid:saved_reply>": {"name": "x", "text": {"en": "x"}},
    "render": {"ticket": "x"},
    "bulk": {"references": ["x"], "action": {"kind": "priority", "priority": "low"}},
    "undo": {},
    "views": {"name": "x", "query": "state:open"},
    "users": {"email": "b@example.org", "name": "x", "role": "agent"},
    "<uuid:person>": {"name": "x"},
    "invitation": None,
    "password-reset": {"email": "a@example.org"},
    "<uuid:view>": {"name": "x", "query": "state:open"},
    "disapprovals": {"email": "a@example.org", "locale": "en", "item": "x", "reasons": ["excessive_hashtags"]},
    "application-statuses": {"email": "a@example.org", "locale": "en", "item": "x", "status": "received"},
}


def _api(app: Flask) -> list[str]:
    return [route for route in authorisation_of_routes(app) if " /v1/" in route and route != FORGOTTEN]


def test_every_route_requires_a_token(app: Flask) -> None:
    marks = authorisation_of_routes(app)
    assert {route for route in _api(app) if not str(marks[route]).startswith("token:")} == set()
    assert set(marks) >= OPEN


def test_the_openapi_document_has_every_route(app: Flask) -> None:
    document = app.test_client().get("/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    described = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    for route in _api(app):
        method, _, rule = route.partition(" ")
        path = rule.replace("<uuid:", "<").replace("<int:", "<").replace("<", "{").replace(">", "}")
        assert f"{method} {path}" in described


@pytest.fixture
def of_billing(triage: Triage, people: People) -> dict[str, str]:
    """An object of billing for each variable of a route."""
    file = {"id": str(uuid4()), "object": "a", "media_type": "image/png", "size": 5, "sha256": "00", "state": "clean"}
    reference = triage.submit("billing/cost", subject=SECRET, attachments=[file])
    triage.submit("billing/cost", subject=SECRET)
    [claim] = people("agent", "billing").claim("billing")
    [webhook] = triage.rows(
        "insert into triage.webhooks (team, url, secret, created_by) values ('billing', 'x', 'x', 'x') returning id"
    )
    [call] = triage.rows(
        "insert into triage.webhook_calls (webhook, team, ticket, number, event, event_id, body, state) "
        "values (:id, 'billing', 'x', 1, 'x', gen_random_uuid(), '{}', 'failed') returning id",
        id=webhook.id,
    )
    blocked = people("admin").post("/v1/blocked-senders", {"domain": "example.net", "reason": "x"}, 201)
    replay = people("admin").post("/v1/rulesets/1/replay", {"days": 1}, 202)["id"]
    bulk = people("admin").post("/v1/tickets/bulk", {**BODIES["bulk"], "references": [reference]}, 202)["id"]
    [saved_reply] = triage.rows(
        "insert into triage.saved_replies (id, name, team, texts) values (gen_random_uuid(), :name, 'billing', '{}') returning id",
        name=SECRET,
    )
    view = {"name": SECRET, "query": "state:open", "shared_with": "team", "team": "billing"}
    return {
        "<uuid:view>": people("lead", "billing").post("/v1/views", view, 201)["id"],
        "<uuid:bulk>": bulk,
        "<uuid:saved_reply>": str(saved_reply.id),
        "<reference>": reference,
        "<other>": reference,
        "<team>": "billing",
        "<uuid:claim>": claim["claim"],
        "<uuid:attachment>": file["id"],
        "<uuid:webhook>": str(webhook.id),
        "<uuid:replay>": replay,
        "<uuid:blocked>": blocked["id"],
        "<uuid:person>": str(uuid4()),
        "<uuid:token>": str(uuid4()),
        "<int:call>": str(call.id),
        "<int:number>": "1",
    }


def _call(caller: Caller, route: str, parts: dict[str, str]) -> TestResponse:
    """Raises KeyError for a route with a variable or body that this test does not know."""
    method, _, rule = route.partition(" ")
    path = "/".join(parts[part] if part.startswith("<") else part for part in rule.split("/"))
    body = None if method in ("GET", "DELETE") else BODIES[rule.rpartition("/")[2]]
    return caller(method, path + ("?against=1" if path.endswith("/diff") else ""), body)


@pytest.mark.parametrize(
    ("role", "teams", "scopes"),
    [
        ("agent", ("ads",), None),
        ("service", ("ads",), ("write",)),
        ("agent", ("ads", "billing"), ("team:ads",)),
        ("service", ("*",), ("team:ads", "write")),
        ("lead", ("*",), ("team:ads",)),
        ("admin", (), ("team:ads",)),
    ],
)
def test_an_agent_of_ads_and_a_token_bound_to_ads_reach_nothing_of_billing(
    app: Flask,
    triage: Triage,
    people: People,
    of_billing: dict[str, str],
    role: Role,
    teams: tuple[str, ...],
    scopes: tuple[str, ...] | None,
) -> None:
    caller = people(role, *teams, scopes=scopes)
    before = triage.rows("select * from triage.tickets order by reference")
    answers = {route: _call(caller, route, of_billing) for route in sorted(set(_api(app)) - NO_TEAM)}
    assert [route for route, answer in answers.items() if SECRET in answer.text] == []
    assert {route for route, answer in answers.items() if answer.status_code != 403} == LISTS | ONESELF
    assert caller.get("/v1/tickets?q=secret")["items"] == []
    assert caller.get(f"/v1/tickets?q={of_billing['<reference>']}")["items"] == []
    assert triage.rows("select * from triage.tickets order by reference") == before


@pytest.mark.parametrize("role", ["lead", "agent"])
def test_another_teams_lead_reads_reports_and_rules_but_no_ticket(
    app: Flask, people: People, of_billing: dict[str, str], role: Role
) -> None:
    caller = people(role, "ads")
    marks = authorisation_of_routes(app)
    for route in sorted(set(_api(app)) - NO_TEAM):
        answer = _call(caller, route, of_billing)
        assert SECRET not in answer.text, route
        if str(marks[route]).startswith("token:tickets.") and route not in LISTS | ONESELF:
            assert answer.status_code == 403, route


def test_a_read_only_token_cannot_write(app: Flask, people: People, of_billing: dict[str, str]) -> None:
    caller = people("admin", scopes=("read",))
    marks = authorisation_of_routes(app)
    writing = {route for route in _api(app) if not str(marks[route]).endswith(".read")}
    assert {route for route in sorted(_api(app)) if _call(caller, route, of_billing).status_code == 403} == writing


@pytest.mark.parametrize("end", ["revoked", "past its day", "its owner's account closed"])
def test_an_expired_token_is_refused_on_every_route(
    app: Flask, triage: Triage, people: People, of_billing: dict[str, str], end: str
) -> None:
    caller = people("admin", name="Leaving")
    with triage.engine.begin() as connection:
        [token] = [one for one in list_tokens(connection) if one.name == "test" and one.email == caller.email]
        if end == "revoked":
            revoke_token(connection, token.id)
        elif end == "past its day":
            connection.execute(text("update auth.tokens set expires_at = clock_timestamp() - interval '1 second'"))
        else:
            disable(connection, find_user(connection, caller.email).id)
    answers = {route: _call(caller, route, of_billing).status_code for route in sorted(_api(app))}
    assert {route for route, status in answers.items() if status != 401} == set()


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/tickets/x/y"])
def test_an_unknown_path_is_a_problem(path: str, people: People) -> None:
    answer = people("admin")("GET", path)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
