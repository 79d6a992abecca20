"""The ledger, previews and suppressions over HTTP."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from services.notify.app import create_app
from services.notify.compose.kinds.registry import KINDS
from services.notify.delivery.mailing import Mailing
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.settings import NotifySettings
from shared.auth.principal import Role
from shared.auth.tokens import make_token
from shared.auth.users import make_user
from shared.ticket_keys import mailed_key
from tests.integration.notify.ledger import Ledger, submission


class Caller:
    """One person's calls."""

    def __init__(self, app: Flask, engine: Engine, role: Role, *teams: str) -> None:
        self.client = app.test_client()
        with engine.begin() as connection:
            user = make_user(connection, f"{uuid4().hex}@example.com", "Ada", role, teams)
            self.headers = {"Authorization": f"Bearer {make_token(connection, user, 'test')}"}

    def __call__(self, method: str, path: str, **options: Any) -> TestResponse:
        return self.client.open(path, method=method, headers=self.headers, **options)

    def get(self, path: str, status: int = 200) -> Any:
        answer = self("GET", path)
        assert answer.status_code == status, answer.text
        return answer.json

    def post(self, path: str, body: Any, status: int = 200) -> Any:
        answer = self("POST", path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json


@pytest.fixture
def app(notify_settings: NotifySettings) -> Flask:
    return create_app(notify_settings)


@pytest.fixture
def admin(app: Flask, engine: Engine) -> Caller:
    return Caller(app, engine, "admin")


def test_a_caller_without_a_token_gets_401(app: Flask, ledger: Ledger) -> None:
    for path in ("/v1/emails", f"/v1/emails/{uuid4()}", "/v1/previews/reply", "/v1/suppressions"):
        answer = app.test_client().get(path)
        assert (answer.status_code, answer.content_type) == (401, "application/problem+json")


def test_the_list_shows_the_documented_fields(admin: Caller, ledger: Ledger) -> None:
    event = submission("who@example.com")
    ledger.arrive(event)
    (item,) = admin.get("/v1/emails")["items"]
    assert set(item) == {
        "id", "kind", "ticket", "to", "locale", "subject", "state", "because", "message_id", "created_at", "sent_at",
    }  # fmt: skip
    assert (item["ticket"], item["to"], item["state"]) == (event.ticket, "who@example.com", "queued")


@pytest.mark.parametrize("spelling", ["anna@straße.example", "anna@xn--strae-oqa.example"])
def test_emails_are_found_by_either_spelling_of_a_domain(admin: Caller, ledger: Ledger, spelling: str) -> None:
    ledger.arrive(submission("anna@straße.example"), submission("anna@strasse.example"))
    found = [one["to"] for one in admin.get(f"/v1/emails?to={spelling}")["items"]]
    assert found == ["anna@xn--strae-oqa.example"]


def test_filters_narrow_the_list(admin: Caller, ledger: Ledger) -> None:
    first, second = submission("one@example.com"), submission("two@example.com")
    ledger.arrive(first, second)
    assert len(admin.get("/v1/emails?kind=acknowledgement&state=queued")["items"]) == 2
    assert [one["to"] for one in admin.get("/v1/emails?to=ONE@example.com")["items"]] == ["one@example.com"]
    assert [one["to"] for one in admin.get(f"/v1/emails?ticket={second.ticket}")["items"]] == ["two@example.com"]
    assert admin.get("/v1/emails?state=sent")["items"] == []
    assert "state" in admin.get("/v1/emails?state=lost", 422)["errors"]
    assert "kind" in admin.get("/v1/emails?kind=spam", 422)["errors"]
    assert "cursor" in admin.get("/v1/emails?cursor=nonsense", 422)["errors"]


def test_paging_sees_everything_once_while_new_ones_arrive(admin: Caller, ledger: Ledger) -> None:
    ledger.arrive(*(submission(f"old{number}@example.com") for number in range(5)))
    seen, cursor = [], ""
    while cursor is not None:
        answer = admin.get(f"/v1/emails?limit=2&cursor={cursor}")
        seen += [one["to"] for one in answer["items"]]
        cursor = answer["next_cursor"]
        ledger.arrive(submission(f"new{len(seen)}@example.com"))
    assert sorted(one for one in seen if one.startswith("old")) == [f"old{number}@example.com" for number in range(5)]
    assert len(set(seen)) == len(seen)


def test_one_email_has_headers_bodies_and_attempts(
    admin: Caller, ledger: Ledger, engine: Engine, mailing: Mailing
) -> None:
    event = submission()
    ledger.arrive(event)
    send_due_emails(engine, mailing, 10)
    (item,) = admin.get("/v1/emails")["items"]
    email = admin.get(f"/v1/emails/{item['id']}")
    assert email["state"] == "sent"
    assert email["sent_at"] is not None
    assert email["headers"]["Message-ID"] == email["message_id"]
    key = mailed_key(ledger.settings.secret, str(event.ticket), 1)
    assert f"/t/{event.ticket}?key={key}" in email["text"]
    assert key in email["html"]
    assert [(one["stage"], one["outcome"], one["code"]) for one in email["attempts"]] == [("DATA", "sent", 250)]


def test_an_auditor_reads_without_the_key_and_writes_nothing(app: Flask, engine: Engine, ledger: Ledger) -> None:
    ledger.arrive(submission())
    auditor = Caller(app, engine, "auditor")
    (item,) = auditor.get("/v1/emails")["items"]
    assert "?key=" not in str(auditor.get(f"/v1/emails/{item['id']}"))
    assert auditor("POST", f"/v1/emails/{item['id']}/resend").status_code == 403
    assert auditor("POST", "/v1/suppressions", json={"email": "a@b.se", "reason": "x"}).status_code == 403


def test_agents_see_their_own_teams_emails_only(app: Flask, engine: Engine, ledger: Ledger) -> None:
    ledger.arrive(submission(), submission(category="ads/metrics"))
    agent = Caller(app, engine, "agent", "ads")
    (item,) = agent.get("/v1/emails")["items"]
    other = next(str(email["id"]) for email in ledger.emails() if str(email["id"]) != item["id"])
    agent.get(f"/v1/emails/{item['id']}")
    agent.get(f"/v1/emails/{other}", 403)
    assert agent("POST", f"/v1/emails/{other}/resend").status_code == 403
    agent.get(f"/v1/emails/{uuid4()}", 404)
    agent.get("/v1/emails/nonsense", 404)


def test_resending_sends_the_same_message_again(
    admin: Caller, ledger: Ledger, engine: Engine, mailing: Mailing
) -> None:
    ledger.arrive(submission())
    send_due_emails(engine, mailing, 10)
    before = admin.get("/v1/emails")["items"][0]
    answer = admin("POST", f"/v1/emails/{before['id']}/resend")
    assert (answer.status_code, answer.json["state"]) == (202, "queued")  # type: ignore[index]
    send_due_emails(engine, mailing, 10)
    after = admin.get(f"/v1/emails/{before['id']}")
    assert (after["state"], after["message_id"]) == ("sent", before["message_id"])
    assert len(after["attempts"]) == 2


def test_all_of_a_state_are_sent_again(admin: Caller, app: Flask, engine: Engine, ledger: Ledger) -> None:
    ledger.arrive(
        submission("one@example.com"), submission("two@example.com", category="ads/metrics"), submission("bad\r\n@b.se")
    )
    with engine.begin() as connection:
        connection.execute(text("update notify.emails set state = 'failed'"))
    agent = Caller(app, engine, "agent", "ads")
    assert agent("POST", "/v1/emails/resends", json={"state": "failed"}).json == {"resent": 1}
    assert admin("POST", "/v1/emails/resends", json={"state": "failed"}).json == {"resent": 1}
    assert ledger.states() == ["queued", "queued", "failed"]
    assert admin("POST", "/v1/emails/resends", json={"state": "sent"}).status_code == 422


def test_what_a_limit_suppressed_is_not_sent_with_all_that_is_suppressed(admin: Caller, ledger: Ledger) -> None:
    ledger.arrive(*(submission("victim@example.com") for _ in range(6)), submission("off@example.com"))
    ledger.arrive(submission("off@example.com"), acknowledgements="off")
    made = admin("POST", "/v1/suppressions", json={"email": "gone@example.com", "reason": "bounced"}).json
    ledger.arrive(submission("gone@example.com"))
    assert ledger.states().count("suppressed") == 5
    admin("DELETE", f"/v1/suppressions/{made['id']}")  # type: ignore[index]
    assert admin("POST", "/v1/emails/resends", json={"state": "suppressed"}).json == {"resent": 1}
    assert ledger.emails()[-1]["state"] == "queued"
    assert ledger.states().count("suppressed") == 4


def test_metrics_show_the_circuit_breaker_and_what_waits(app: Flask, ledger: Ledger) -> None:
    ledger.arrive(submission(), submission())
    figures = app.test_client().get("/metrics").text
    assert 'vidare_emails{state="queued"} 2.0' in figures
    assert 'vidare_mail_gate{state="open"} 1.0' in figures
    assert 'vidare_mail_gate{state="misconfigured"} 0.0' in figures


def test_an_email_that_was_never_a_message_cannot_be_resent(admin: Caller, ledger: Ledger) -> None:
    ledger.arrive(submission("bad\r\n@example.com"))
    (email,) = ledger.emails()
    assert admin("POST", f"/v1/emails/{email['id']}/resend").status_code == 409


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_preview_in_both_languages(admin: Caller, ledger: Ledger, kind: str) -> None:
    english, swedish = (admin.get(f"/v1/previews/{kind}?locale={locale}") for locale in ("en", "sv-SE"))
    assert set(english) == {"subject", "text", "html"}
    assert english["text"] != swedish["text"]
    assert english["subject"] != swedish["subject"]


def test_an_unknown_kind_has_no_preview_and_an_unknown_language_is_english(admin: Caller, ledger: Ledger) -> None:
    admin.get("/v1/previews/spam", 404)
    assert admin.get("/v1/previews/reply?locale=de") == admin.get("/v1/previews/reply")


def test_a_disapproval_is_previewed_as_it_will_be_sent(admin: Caller, ledger: Ledger) -> None:
    draft = {"reasons": ["excessive_hashtags"], "reference": "T-7K3M-9QXA", "message": "Sorry."}
    told = {"subject": "Re: My ad", "quoted": "Why?\n> Because."}
    by_person = admin("POST", "/v1/previews/disapproval", json={**draft, **told, "person": True}).get_json()
    assert by_person["subject"] == "Re: My ad [T-7K3M-9QXA]"
    assert "Ada\n" in by_person["text"]
    assert by_person["text"].startswith("Sorry.\n")
    assert "You wrote:\n> Why?\n>> Because.\n" in by_person["text"]
    by_program = admin("POST", "/v1/previews/disapproval", json={**draft, **told}).get_json()
    assert "Why?" not in by_program["text"] + by_program["html"]
    assert "My ad" not in by_program["subject"]


def test_a_suppression_comes_and_goes(admin: Caller, ledger: Ledger) -> None:
    answer = admin("POST", "/v1/suppressions", json={"email": "No.More@Example.com", "reason": "asked by phone"})
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json  # type: ignore[assignment]
    assert (made["email"], made["source"]) == ("no.more@example.com", "person")
    assert admin.get("/v1/suppressions")["items"] == [made]
    assert admin("POST", "/v1/suppressions", json={"email": "no.more@example.com", "reason": "x"}).status_code == 409
    ledger.arrive(submission("NO.more@example.com"))
    assert ledger.states() == ["suppressed"]
    assert admin("DELETE", f"/v1/suppressions/{made['id']}").status_code == 204
    assert admin("DELETE", f"/v1/suppressions/{made['id']}").status_code == 404
    ledger.arrive(submission("no.more@example.com"))
    assert ledger.states()[-1] == "queued"


def test_bad_suppressions_name_each_field(admin: Caller, ledger: Ledger) -> None:
    answer = admin("POST", "/v1/suppressions", json={"email": "nobody", "reason": "x"})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["email"])  # type: ignore[index]
    answer = admin("POST", "/v1/suppressions", json={"wrong": 1})
    assert set(answer.json["errors"]) == {"email", "reason", "wrong"}  # type: ignore[index]
    assert admin("POST", "/v1/suppressions", data="{", content_type="application/json").status_code == 400


def test_the_first_page_leads_to_the_console_and_the_document_is_there(app: Flask, ledger: Ledger) -> None:
    client = app.test_client()
    assert client.get("/").location == "http://127.0.0.1:8001/emails"
    assert client.get("/openapi.json").json["openapi"] == "3.1.0"  # type: ignore[index]
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        ("reply", {"then": "resolve"}, "Hello **you**"),
        ("information_request", {"category": "business/blocked-link", "evidence": ["pin_url"]}, "Hello **you**"),
        ("disapproval", {"reasons": ["excessive_hashtags"]}, "Hello **you**"),
        ("resolution", {"outcome": "not_solved"}, "Hello **you**"),
    ],
)
def test_a_message_is_previewed_before_it_is_sent(
    admin: Caller, ledger: Ledger, kind: str, more: dict[str, Any], words: str
) -> None:
    draft = {"reference": "T-0000-0000", "message": words, **more}
    shown = admin.post(f"/v1/previews/{kind}", draft)
    assert words in shown["text"]
    assert shown["lang"] == "en"
    assert ledger.emails() == []


@pytest.mark.parametrize(
    ("kind", "more", "status"),
    [
        ("disapproval", {"reasons": ["nonsense"]}, 422),
        ("disapproval", {}, 422),
        ("information_request", {"category": "business/blocked-link", "evidence": ["nonsense"]}, 422),
        ("resolution", {"outcome": "spam"}, 422),
        ("acknowledgement", {}, 404),
    ],
)
def test_what_would_not_be_sent_is_not_previewed(
    admin: Caller, ledger: Ledger, kind: str, more: dict[str, Any], status: int
) -> None:
    admin.post(f"/v1/previews/{kind}", {"reference": "T-0000-0000", "message": "Hello", **more}, status)
