"""/docs of each service: for everybody, from files of ours, and off where it is set so."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from services.intake.app import create_app as create_intake
from services.intake.settings import IntakeSettings
from services.notify.app import create_app as create_notify
from services.notify.settings import NotifySettings
from services.triage.app import create_app as create_triage
from services.triage.settings import TriageSettings
from shared.http.security_headers import CONTENT_SECURITY_POLICY
from shared.settings import read

APPS: list[tuple[Callable[[Any], Flask], Any]] = [
    (create_intake, IntakeSettings),
    (create_triage, TriageSettings),
    (create_notify, NotifySettings),
]
FILES = ("/docs", "/docs/start.js", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js")


@pytest.mark.parametrize(("create", "settings"), APPS)
def test_everybody_reads_it(environment: dict[str, str], create: Callable[[Any], Flask], settings: Any) -> None:
    client = create(read(settings, environment)).test_client()
    for path in FILES:
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Content-Security-Policy"]) == (200, CONTENT_SECURITY_POLICY), path
    assert b"http" not in client.get("/docs").data.replace(b"https-equiv", b"")
    assert client.get("/docs/../LICENSE").status_code == 404
    assert client.get("/docs/oauth2-redirect.html").status_code == 404


@pytest.mark.parametrize(("create", "settings"), APPS)
def test_it_is_off_where_it_is_set_so(
    environment: dict[str, str], create: Callable[[Any], Flask], settings: Any
) -> None:
    client = create(read(settings, environment | {"VIDARE_DOCS": "off"})).test_client()
    assert [client.get(path).status_code for path in FILES] == [404] * 4
    assert client.get("/openapi.json").status_code == 200
