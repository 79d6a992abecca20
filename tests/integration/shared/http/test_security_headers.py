"""Headers of every answer of every service: nothing of others is run, no type guessed, no embedding, no caching: nothing."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, UUIDConverter

from services.intake.app import create_app as create_intake
from services.notify.app import create_app as create_notify
from services.triage.app import create_app as create_triage
from shared.http.security_headers import CONTENT_SECURITY_POLICY

PAGE = {"Accept": "text/html"}
# Pages of the console also connect to the process of live updates, which the settings name.
LIVE = "connect-src 'self' http://127.0.0.1:8003"
OF_THE_CONSOLE = CONTENT_SECURITY_POLICY.replace("connect-src 'self'", LIVE)
SAMPLES = {IntegerConverter: "1", UUIDConverter: "00000000-0000-0000-0000-000000000007"}


@pytest.fixture(params=[create_intake, create_triage, create_notify], ids=["intake", "triage", "notify"])
def app(request: pytest.FixtureRequest, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Flask:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    make: Callable[[], Flask] = request.param
    return make()


def addresses(app: Flask) -> list[tuple[str, str]]:
    """Method and address of every route, and of some that are none."""
    found = [
        ("GET", "/nothing/here"),
        ("TRACE", "/"),
        ("DELETE", "/livez"),
        ("GET", "/form/nothing.js"),
        ("GET", "/look/nothing.css"),
    ]
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for name, converter in rule._converters.items():
            path = re.sub(rf"<(\w+:)?{name}>", SAMPLES.get(type(converter), "nothing"), path)
        found += [(method, path) for method in sorted(rule.methods or ())]
    return found


def test_every_answer_of_every_route_bears_them(app: Flask, clean_database: None, redis_url: str) -> None:
    client = app.test_client()
    for method, path in addresses(app):
        headers = client.open(path, method=method, headers=PAGE).headers
        where = f"{method} {path}"
        policies = {CONTENT_SECURITY_POLICY, *([OF_THE_CONSOLE] if "console" in app.blueprints else [])}
        assert headers["Content-Security-Policy"] in policies, where
        assert headers["X-Content-Type-Options"] == "nosniff", where
        assert headers["X-Frame-Options"] == "DENY", where
        assert headers["Referrer-Policy"] in ("same-origin", "no-referrer"), where
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", where
        assert "Cache-Control" in headers, where
        assert len(headers.getlist("Content-Security-Policy")) == 1, where


def test_the_policy_allows_nothing_inline_and_nothing_of_others() -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert {rules[name] for name in ("script-src", "style-src", "connect-src", "form-action")} == {"'self'"}
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
