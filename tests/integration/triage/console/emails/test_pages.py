"""The console's pages about e-mails, with a real notify."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from services.notify.settings import NotifySettings
from services.triage.app import create_app
from services.triage.settings import TriageSettings
from shared.events.contracts import ticket_routed
from shared.settings import read
from tests.integration.notify.ledger import Ledger, submission
from tests.integration.notify.new_kind import add_kind
from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn


@pytest.fixture(scope="module")
def app(environment: dict[str, str], notify_url: str) -> Flask:
    return create_app(read(TriageSettings, {**environment, "VIDARE_NOTIFY_URL": notify_url}))


@pytest.fixture
def ledger(engine: Engine, environment: dict[str, str]) -> Ledger:
    return Ledger(engine, read(NotifySettings, environment))


def test_e_mails_are_shown_filtered_and_opened(ledger: Ledger, signed_in: SignedIn) -> None:
    event = submission("who@example.com")
    ledger.arrive(event, submission("other@example.com"))
    ada = signed_in("Ada", "admin")
    page = ada.get("/emails?to=who@example.com")
    assert "who@example.com" in page
    assert "other@example.com" not in page
    link = page.partition('href="/emails/')[2].partition('"')[0]
    whole = ada.get(f"/emails/{link}")
    assert str(event.ticket) in whole
    assert "auto-generated" in whole
    assert "?key=…" in whole
    assert not re.search(r"key=\w", whole)
    assert "No e-mails<" in ada.get("/emails?state=bounced")


def test_a_new_kind_is_shown_by_the_title_that_notify_names(
    ledger: Ledger,
    signed_in: SignedIn,
    environment: dict[str, str],
    notify_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_kind(tmp_path, monkeypatch)
    event = submission("who@example.com")
    ledger.arrive(event)
    ledger.arrive(ticket_routed(str(event.ticket), "c", {"team": "account", "state": "open"}))
    ada = signed_in("Ada", "admin")
    # A new application: the other one has cached the titles.
    ada.client.application = create_app(read(TriageSettings, {**environment, "VIDARE_NOTIFY_URL": notify_url}))
    page = ada.get("/emails?kind=survey")
    assert '<option value="survey" selected>Satisfaction survey</option>' in page
    assert "<td>Satisfaction survey</td>" in page
    link = page.partition('href="/emails/')[2].partition('"')[0]
    assert "<dd>Satisfaction survey</dd>" in ada.get(f"/emails/{link}")


def test_the_console_shows_no_more_than_notify_allows(ledger: Ledger, signed_in: SignedIn) -> None:
    ledger.arrive(submission("who@example.com", category="account/password"))
    ada = signed_in("Ada", "admin")
    link = ada.get("/emails").partition('href="/emails/')[2].partition('"')[0]
    bo = signed_in("Bo", "agent", "billing")
    assert "who@example.com" not in bo.get("/emails")
    bo.get(f"/emails/{link}", 403)


def test_a_malformed_filter_is_an_error(signed_in: SignedIn) -> None:
    assert "ticket" in signed_in("Ada", "admin").get("/emails?ticket=nonsense", 422)


def test_the_page_reports_that_notify_is_unavailable(signed_in: SignedIn, environment: dict[str, str]) -> None:
    ada = signed_in("Ada", "admin")
    # Port 9 is "discard"; nothing listens there.
    ada.client.application = create_app(
        read(TriageSettings, {**environment, "VIDARE_NOTIFY_URL": "http://127.0.0.1:9"})
    )
    answer = ada.open("/emails", 503)
    assert "The mail service does not answer." in answer.text
    assert answer.headers["Retry-After"]


def test_all_e_mails_of_a_state_are_sent_again(ledger: Ledger, engine: Engine, signed_in: SignedIn) -> None:
    ledger.arrive(submission("who@example.com"), submission("other@example.com", category="ads/metrics"))
    with engine.begin() as connection:
        connection.execute(text("update notify.emails set state = 'failed'"))
    ada, bo = signed_in("Ada", "admin"), signed_in("Bo", "agent", "ads")
    for narrower in ("/emails", "/emails?state=failed&to=who@example.com", "/emails?state=sent"):
        assert "Send all of these again" not in ada.get(narrower)
    assert "Send all of these again" in bo.get("/emails?state=failed&kind=acknowledgement")
    assert bo.post("/emails/resends", 303, state="failed").location == "/emails?state=failed&done=resent-all"
    assert ledger.states() == ["failed", "queued"], "the other e-mail belongs to another team"
    ada.get("/emails?state=failed")
    ada.post("/emails/resends", 303, state="failed", kind="acknowledgement")
    assert ledger.states() == ["queued", "queued"]
    ada.post("/emails/resends", 422, state="sent")


def test_an_auditor_sees_the_lists_and_changes_nothing(ledger: Ledger, engine: Engine, signed_in: SignedIn) -> None:
    ledger.arrive(submission("who@example.com"))
    with engine.begin() as connection:
        connection.execute(text("update notify.emails set state = 'failed'"))
    eve = signed_in("Eve", "auditor")
    assert "Send all of these again" not in eve.get("/emails?state=failed")
    assert "Add an address" not in eve.get("/suppressions")
    for path, form in (
        ("/emails/resends", {"state": "failed"}),
        ("/suppressions", {"email": "a@b.se", "reason": "x"}),
        ("/suppressions/00000000-0000-0000-0000-000000000000/lift", {}),
    ):
        eve.post(path, 403, **form)
    assert ledger.states() == ["failed"]


def test_an_address_is_suppressed_and_released(ledger: Ledger, signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "admin")
    assert "No suppressed addresses" in ada.get("/suppressions")
    ada.post("/suppressions", 303, email="Who@example.com", reason="asked <by> phone")
    page = ada.get("/suppressions")
    assert "who@example.com" in page
    assert "asked &lt;by&gt; phone" in page
    ledger.arrive(submission("who@example.com"))
    assert "asked &lt;by&gt; phone" in ada.get("/emails?state=suppressed")
    assert "is suppressed already" in ada.post("/suppressions", 409, email="who@example.com", reason="x").text
    wrong = ada.post("/suppressions", 422, email="nobody", reason="x").text
    assert "Not an e-mail address." in wrong
    assert 'value="nobody"' in wrong
    one = ada.get("/suppressions").partition("/suppressions/")[2].partition("/")[0]
    ada.post(f"/suppressions/{one}/lift", 303)
    ada.post(f"/suppressions/{one}/lift", 404)
    assert "No suppressed addresses" in ada.get("/suppressions")


def test_a_disapproval_has_a_preview(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit("ads/disapproved", locale="sv")
    ada = signed_in("Ada", "agent", "ads")
    address = f"/tickets/{reference}/disapproval/preview"
    ada.get(f"/tickets/{reference}")
    page = ada.post(address, 200, reasons=["excessive_hashtags"], message="Hej <Anna> & co.")
    assert 'class="mail-text" lang="sv"' in page.text
    assert "Hej &lt;Anna&gt; &amp; co." in page.text
    assert reference in page.text
    assert triage.ticket(reference).state == "open"
    ada.post(address, 422, message="x")
    ada.post(address, 422, reasons=["nonsense"])
    bo = signed_in("Bo", "agent", "billing")
    bo.get("/queues/billing")
    bo.post(address, 403, reasons=["excessive_hashtags"])
