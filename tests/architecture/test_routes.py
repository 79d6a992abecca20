"""Every route says who may use it, and asks before it reads anything."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, UUIDConverter

from services.notify.app import create_app as create_notify
from services.notify.settings import NotifySettings
from services.triage.app import create_app as create_triage
from services.triage.settings import TriageSettings
from shared.http.authorisation import authorisation_of_routes
from shared.settings import read

# What the contract leaves open, beside Flask's own files. A requester has no account: intake's routes are open, and those of
# one ticket are opened by its key, which intake's tests cover.
OPEN_RULES = ("/livez", "/readyz", "/metrics", "/openapi.json", "/static/", "/look/")

# For who cannot sign in; its answer tells nothing.
FORGOTTEN = "/v1/password-reset"

SAMPLES = {IntegerConverter: 1, UUIDConverter: UUID(int=7)}


@pytest.fixture(params=["triage", "notify"])
def app(request: pytest.FixtureRequest, environment: dict[str, str]) -> Flask:
    if request.param == "notify":
        return create_notify(read(NotifySettings, environment))
    return create_triage(read(TriageSettings, environment))


def test_every_route_is_marked(app: Flask) -> None:
    unmarked = {
        rule
        for rule, permission in authorisation_of_routes(app).items()
        if permission is None and not any(known in rule for known in OPEN_RULES)
    }
    assert unmarked == set()


def test_a_stranger_learns_nothing_but_401(app: Flask, clean_database: None) -> None:
    """With a body that is wrong too: who asks comes before what is asked."""
    answers: dict[str, Any] = {}
    with app.test_client() as stranger:
        for rule in app.url_map.iter_rules():
            if not rule.rule.startswith("/v1/") or rule.rule == FORGOTTEN:
                continue
            arguments = {name: SAMPLES.get(type(rule._converters[name]), "T-0000-0000") for name in rule.arguments}
            for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
                with app.test_request_context():
                    path = app.url_map.bind("localhost").build(rule.endpoint, arguments, method=method)
                response = stranger.open(path, method=method, data=b"{broken", content_type="application/json")
                answers[f"{method} {rule.rule}"] = response.status_code
    assert answers, "no routes at all"
    assert {call: status for call, status in answers.items() if status != 401} == {}
