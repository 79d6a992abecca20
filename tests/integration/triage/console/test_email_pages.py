"""E-mails at the console, asked of a notify that really serves."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.serving import make_server

from services.notify.app import create_app as create_notify
from services.notify.settings import NotifySettings
from services.triage.app import create_app
from services.triage.settings import TriageSettings
from shared.settings import read
from tests.integration.notify.notes import Notes, a_note
from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn


@pytest.fixture(scope="module")
def notify_url(environment: dict[str, str]) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_notify(read(NotifySettings, environment)), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def app(environment: dict[str, str], notify_url: str) -> Flask:
    return create_app(read(TriageSettings, {**environment, "VIDARE_NOTIFY_URL": notify_url}))


@pytest.fixture
def notes(engine: Engine, environment: dict[str, str]) -> Notes:
    return Notes(engine, read(NotifySettings, environment))


def test_the_ledger_is_listed_filtered_and_opened(notes: Notes, signed_in: SignedIn) -> None:
    note = a_note("who@example.com")
    notes.arrive(note, a_note("other@example.com"))
    ada = signed_in("Ada", "admin")
    page = ada.get("/emails?to=who@example.com")
    assert "who@example.com" in page
    assert "other@example.com" not in page
    link = page.partition('href="/emails/')[2].partition('"')[0]
    whole = ada.get(f"/emails/{link}")
    assert str(note.ticket) in whole
    assert "auto-generated" in whole
    assert "No e-mail here" in ada.get("/emails?state=bounced")


def test_nobody_sees_more_here_than_at_notify(notes: Notes, signed_in: SignedIn) -> None:
    notes.arrive(a_note("who@example.com", category="account/password"))
    ada = signed_in("Ada", "admin")
    link = ada.get("/emails").partition('href="/emails/')[2].partition('"')[0]
    bo = signed_in("Bo", "agent", "billing")
    assert "who@example.com" not in bo.get("/emails")
    bo.get(f"/emails/{link}", 403)


def test_a_wrong_filter_is_told(signed_in: SignedIn) -> None:
    assert "ticket" in signed_in("Ada", "admin").get("/emails?ticket=nonsense", 422)


def test_without_notify_the_page_says_so(signed_in: SignedIn, environment: dict[str, str]) -> None:
    ada = signed_in("Ada", "admin")
    # Port 9 is "discard": nothing of ours listens there.
    ada.client.application = create_app(
        read(TriageSettings, {**environment, "VIDARE_NOTIFY_URL": "http://127.0.0.1:9"})
    )
    answer = ada.open("/emails", 503)
    assert "The mail service does not answer." in answer.text
    assert answer.headers["Retry-After"]


def test_a_disapproval_is_read_before_it_goes(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit("ads/disapproved", locale="sv")
    ada = signed_in("Ada", "agent", "ads")
    address = f"/tickets/{reference}/disapproval/preview"
    ada.get(f"/tickets/{reference}")
    page = ada.post(address, 200, reasons=["excessive_hashtags"], message="Hej <Anna> & co.")
    assert 'class="letter" lang="sv"' in page.text
    assert "Hej &lt;Anna&gt; &amp; co." in page.text
    assert reference in page.text
    assert triage.ticket(reference).state == "open"
    ada.post(address, 422, message="x")
    ada.post(address, 422, reasons=["nonsense"])
    bo = signed_in("Bo", "agent", "billing")
    bo.get("/queues/billing")
    bo.post(address, 403, reasons=["excessive_hashtags"])
