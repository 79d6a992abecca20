"""The address of a request: X-Forwarded-For counts only as far as our own proxies set it."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.routing import PathConverter, UnicodeConverter

from services.intake.app import create_app as create_intake
from services.intake.settings import IntakeSettings
from services.notify.app import create_app as create_notify
from services.triage.app import create_app as create_triage
from services.triage.settings import TriageSettings
from shared.settings import read

# What a client may claim; the last entry is what the nearest proxy added.
CLAIMED = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9", "X-Real-IP": "198.51.100.7", "Forwarded": "for=198.51.100.7"}


def triage_behind(proxies: int, environment: dict[str, str]) -> Flask:
    return create_triage(dataclasses.replace(read(TriageSettings, environment), proxies=proxies))


@pytest.mark.parametrize(("proxies", "network"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_a_failed_sign_in_counts_for_the_network_that_our_proxy_saw(
    environment: dict[str, str], engine: Engine, proxies: int, network: str
) -> None:
    with triage_behind(proxies, environment).test_client() as client:
        token = client.get("/login").text.partition('name="csrf_token" value="')[2].partition('"')[0]
        fields = {"csrf_token": token, "email": "ada@example.com", "password": "wrong"}
        assert client.post("/login", data=fields, headers=CLAIMED).status_code == 401
    with engine.connect() as connection:
        assert connection.execute(text("select network from auth.login_failures")).scalars().all() == [network]


@pytest.mark.parametrize(("proxies", "sent"), [(0, False), (1, True)])
def test_only_behind_a_proxy_that_says_tls_it_is_tls(environment: dict[str, str], proxies: int, sent: bool) -> None:
    answer = triage_behind(proxies, environment).test_client().get("/livez", headers={"X-Forwarded-Proto": "https"})
    assert ("Strict-Transport-Security" in answer.headers) is sent


def test_another_claimed_address_each_time_is_one_network_for_the_limit(
    environment: dict[str, str], clean_database: None, redis_url: str
) -> None:
    settings = dataclasses.replace(read(IntakeSettings, environment), limit_submissions="2/minute")
    client = create_intake(settings).test_client()
    submission: dict[str, Any] = {"category": "account/login", "email": "a@example.com"}
    answers = [
        client.post(
            "/v1/tickets", json={**submission, "message": f"{n}"}, headers={"X-Forwarded-For": f"198.51.100.{n}"}
        )
        for n in range(4)
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 429, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize("make", [create_intake, create_triage, create_notify], ids=["intake", "triage", "notify"])
def test_a_nul_in_any_address_that_takes_a_text_is_not_found(
    make: Callable[[], Flask], environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, clean_database: None
) -> None:
    """For every route: PostgreSQL cannot store a NUL, which would be a 500."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    app = make()
    client = app.test_client()
    tried = 0
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for name, converter in rule._converters.items():
            is_text = type(converter) in (UnicodeConverter, PathConverter)
            path = re.sub(rf"<(\w+:)?{name}>", "a%00b" if is_text else "1", path)
        for method in (rule.methods or set()) & {"GET", "POST"} if "%00" in path else ():
            assert client.open(path, method=method).status_code == 404, (method, path)
            tried += 1
    assert tried
