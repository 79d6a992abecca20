"""Every route of the API: who may call it, and that an agent of ads reads and writes nothing of billing over any of them."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from shared.web.bearer import authorisation_of_routes
from tests.integration.triage.conftest import People, Triage

# What belongs to nobody's team: health, the document itself, and e-mails without a ticket.
OPEN = {"GET /livez", "GET /readyz", "GET /metrics", "GET /openapi.json"}
NO_TEAM = {"POST /v1/disapprovals", "POST /v1/application-statuses"}
# Lists hold only what may be read; they refuse nothing.
LISTS = {"GET /v1/queues", "GET /v1/tickets"}

BODIES: dict[str, Any] = {
    "claims": {"limit": 1, "lease_seconds": 5},
    "<uuid:claim>": {"lease_seconds": 5},
    "takeover": {"lease_seconds": 5},
    "replies": {"message": "x"},
    "notes": {"message": "x"},
    "information-requests": {"evidence": ["x"]},
    "disapproval": {"reasons": ["excessive_hashtags"]},
    "transfer": {"team": "ads", "reason": "x"},
    "resolution": {"outcome": "solved"},
    "reopening": {"reason": "x"},
    "webhooks": {"url": "https://1.1.1.1/", "secret": "x"},
    "rulesets": {"document": {}},
    "activation": {},
    "<reference>": {"priority": "low"},
    "route": {"ticket": {"category": "billing/cost"}},
    "parked": None,
    "replay": {},
}


def _api(app: Flask) -> list[str]:
    return [route for route in authorisation_of_routes(app) if " /v1/" in route]


def test_every_route_of_the_api_asks_who_calls(app: Flask) -> None:
    marks = authorisation_of_routes(app)
    assert {route for route in _api(app) if not str(marks[route]).startswith("token:")} == set()
    assert set(marks) >= OPEN


def test_the_document_describes_every_route(app: Flask) -> None:
    document = app.test_client().get("/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    described = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    for route in _api(app):
        method, _, rule = route.partition(" ")
        path = rule.replace("<uuid:", "<").replace("<int:", "<").replace("<", "{").replace(">", "}")
        assert f"{method} {path}" in described


def test_an_agent_reaches_nothing_of_another_team(app: Flask, triage: Triage, people: People) -> None:
    file = {"id": str(uuid4()), "object": "a", "media_type": "image/png", "size": 5, "sha256": "00", "state": "clean"}
    reference = triage.submit("billing/cost", subject="Secret of billing", attachments=[file])
    triage.submit("billing/cost", subject="Secret of billing")
    [claim] = people("agent", "billing").claim("billing")
    [webhook] = triage.rows(
        "insert into triage.webhooks (team, url, secret, created_by) values ('billing', 'x', 'x', 'x') returning id"
    )
    [call] = triage.rows(
        "insert into triage.webhook_calls (webhook, team, ticket, number, event, event_id, body, state) "
        "values (:id, 'billing', 'x', 1, 'x', gen_random_uuid(), '{}', 'failed') returning id",
        id=webhook.id,
    )
    parts = {
        "<reference>": reference,
        "<team>": "billing",
        "<uuid:claim>": claim["claim"],
        "<uuid:attachment>": file["id"],
        "<uuid:webhook>": str(webhook.id),
        "<int:call>": str(call.id),
        "<int:number>": "1",
    }
    agent = people("agent", "ads")
    before = triage.rows("select * from triage.tickets order by reference")
    answers: dict[str, int] = {}
    for route in sorted(set(_api(app)) - NO_TEAM):
        method, _, rule = route.partition(" ")
        path = "/".join(parts.get(part, str(uuid4()) if "<uuid:" in part else part) for part in rule.split("/"))
        body = None if method in ("GET", "DELETE") else BODIES[rule.rpartition("/")[2]]
        query = "?against=1" if path.endswith("/diff") else ""
        answer = agent(method, path + query, body)
        answers[route] = answer.status_code
        assert "Secret of billing" not in answer.text
    assert {route for route, status in answers.items() if status != 403} == LISTS
    assert triage.rows("select * from triage.tickets order by reference") == before


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/tickets/x/y"])
def test_an_unknown_path_is_a_problem(path: str, people: People) -> None:
    answer = people("admin")("GET", path)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
