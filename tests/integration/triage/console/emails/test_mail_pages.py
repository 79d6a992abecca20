"""The console's pages about inbound mail, with a real intake."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

from services.intake.app import create_app as create_intake
from services.intake.deps import Deps, bootstrap
from services.intake.settings import IntakeSettings
from services.triage.app import create_app
from services.triage.settings import TriageSettings
from shared.settings import read
from tests.integration.intake.inbound_mail.arriving import arrive, read_all, state
from tests.integration.triage.console.conftest import SignedIn
from tests.samples import mails


@pytest.fixture(scope="module")
def intake_url(environment: dict[str, str]) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_intake(read(IntakeSettings, environment)), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def app(environment: dict[str, str], intake_url: str) -> Flask:
    return create_app(read(TriageSettings, {**environment, "VIDARE_INTAKE_API_URL": intake_url}))


@pytest.fixture
def intake(environment: dict[str, str], clean_database: None) -> Deps:
    made = bootstrap(read(IntakeSettings, environment), application="test", pool_size=2)
    made.store.ensure_bucket()
    return made


def test_a_mail_that_may_be_a_persons_becomes_a_ticket(intake: Deps, signed_in: SignedIn) -> None:
    name = arrive(intake, mails.raw("<b>Locked</b> out.", "text/plain", "List-Id: <a.example.com>"), None, "unknown")
    read_all(intake)
    anna = signed_in("Anna", "agent", "ads")
    page = anna.get("/mails?state=unsure")
    assert "ann@example.com" in page
    link = page.partition('href="/mails/')[2].partition('"')[0]
    shown = anna.get(f"/mails/{link}")
    assert "&lt;b&gt;Locked&lt;/b&gt; out." in shown
    anna.post(f"/mails/{link}/ticket", category="account/other")
    assert state(intake, name) == "waiting"
    read_all(intake)
    assert "became a ticket" in anna.get(f"/mails/{link}")
    assert "Every mail became part of a ticket." in anna.get("/mails")


def test_a_ticket_that_cannot_be_made_is_said(intake: Deps, signed_in: SignedIn) -> None:
    arrive(intake, mails.raw("Hello", "text/plain", "List-Id: <a.example.com>"), None, "unknown")
    read_all(intake)
    anna = signed_in("Anna", "agent", "ads")
    link = anna.get("/mails").partition('href="/mails/')[2].partition('"')[0]
    anna.get(f"/mails/{link}")
    assert "there is no category account/none" in anna.post(f"/mails/{link}/ticket", 422, category="account/none").text
    anna.post(f"/mails/{link}/ticket", category="account/other")
    assert "is being read" in anna.post(f"/mails/{link}/ticket", 409, category="account/other").text


def test_an_auditor_reads_only(intake: Deps, signed_in: SignedIn) -> None:
    arrive(intake, mails.raw("Hello", "text/plain", "List-Id: <a.example.com>"), None, "unknown")
    read_all(intake)
    auditor = signed_in("Alva", "auditor")
    link = auditor.get("/mails").partition('href="/mails/')[2].partition('"')[0]
    assert "Make a ticket" not in auditor.get(f"/mails/{link}")
    auditor.post(f"/mails/{link}/ticket", 403, category="account/other")
