"""A kind of e-mail is added by one entry and its templates: it is composed, previewed, linted, shown and translated."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from services.notify.app import create_app
from services.notify.compose.kinds.email_kind import EmailKind
from services.notify.compose.kinds.registry import KINDS
from services.notify.compose.lint import lint_templates
from services.notify.settings import NotifySettings
from services.notify.translations_report import sentences
from shared.auth.tokens import make_token
from shared.auth.users import make_user
from shared.catalog import load
from shared.events.contracts import ticket_routed
from tests.integration.notify.ledger import Ledger, submission
from tests.integration.notify.new_kind import add_kind


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EmailKind:
    return add_kind(tmp_path, monkeypatch)


@pytest.fixture
def get(notify_settings: NotifySettings, engine: Engine, clean_database: None) -> Any:
    """Calls notify's API as an admin: path and expected status; returns the JSON."""
    client = create_app(notify_settings).test_client()
    with engine.begin() as connection:
        user = make_user(connection, "admin@example.com", "Ada", "admin", ())
        headers = {"Authorization": f"Bearer {make_token(connection, user, 'test')}"}

    def call(path: str, status: int = 200) -> Any:
        answer = client.get(path, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json

    return call


def routed(ledger: Ledger) -> str:
    """A ticket that was acknowledged and routed."""
    event = submission(locale="sv")
    ledger.arrive(event)
    ledger.arrive(ticket_routed(str(event.ticket), "c", {"team": "ads", "state": "open"}))
    return str(event.ticket)


def test_its_event_causes_it_in_the_requesters_language(ledger: Ledger, survey: EmailKind) -> None:
    ticket = routed(ledger)
    acknowledgement, email = ledger.emails()
    assert (email["kind"], email["state"], email["locale"]) == ("survey", "queued", "sv")
    assert f"Betygsätt teamet ads ({ticket}):" in email["text"]
    assert email["headers"]["In-Reply-To"] == acknowledgement["message_id"]


def test_an_event_may_cause_several_kinds(ledger: Ledger, survey: EmailKind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "survey", replace(survey, events=("TicketSubmitted",), facts=lambda *_: {"team": "ads"}))
    ledger.arrive(submission())
    assert [(email["kind"], email["state"]) for email in ledger.emails()] == [
        ("acknowledgement", "queued"),
        ("survey", "queued"),
    ]


def test_without_it_the_event_causes_none(ledger: Ledger) -> None:
    routed(ledger)
    assert [email["kind"] for email in ledger.emails()] == ["acknowledgement"]


def test_the_api_previews_it_filters_by_it_and_names_its_title(ledger: Ledger, survey: EmailKind, get: Any) -> None:
    routed(ledger)
    assert "Please rate the ads team" in get("/v1/previews/survey")["text"]
    assert get("/v1/previews/survey?locale=sv")["subject"].startswith("Hur var")
    assert [one["kind"] for one in get("/v1/emails?kind=survey")["items"]] == ["survey"]
    titles = {one["name"]: one["title"] for one in get("/v1/emails/kinds")["items"]}
    assert titles["survey"] == "Satisfaction survey"
    schema = get("/openapi.json")["components"]["schemas"]["Email"]
    assert "survey" in schema["properties"]["kind"]["enum"]


def test_the_api_rejects_an_unknown_kind(get: Any) -> None:
    get("/v1/previews/survey", 404)
    assert "kind" in get("/v1/emails?kind=survey", 422)["errors"]
    assert "survey" not in str(get("/v1/emails/kinds"))


def test_the_lint_reads_its_templates(survey: EmailKind) -> None:
    assert lint_templates(load()) == []
    (survey.templates / "survey" / "sv.yaml").write_text('subject: "Hur var {network}?"\n', encoding="utf-8")
    assert lint_templates(load()) == ["survey/sv: rate is missing"]


def test_the_report_of_translations_has_its_strings(survey: EmailKind) -> None:
    keys = [sentence for sentence in sentences(None) if "survey.rate" in str(sentence)]
    assert len(keys) == 1
