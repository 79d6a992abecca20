"""Addresses beyond ASCII before the @ at the forms and on a ticket's page."""

from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from services.intake.app import create_app
from services.intake.settings import IntakeSettings
from shared.events.contracts import email_state_changed
from shared.events.log import record
from shared.mail.addresses import NO_SMTPUTF8
from shared.settings import read
from tests.integration.intake.web.conftest import HTML, Send, token_in
from tests.integration.intake.web.ticket.test_link_pages import ask, deliver, recorded, reference_of

ASA = "åsa@example.org"
PLAIN = {"category": "account/login", "email": ASA, "message": "I cannot log in."}
DETAIL = {"category": "account/password", "email": "a@example.org", "message": "x", "details": {"account_email": ASA}}


@pytest.fixture
def allowing(environment: dict[str, str], clean_database: None, redis_url: str) -> FlaskClient:
    """A browser at an intake with VIDARE_SMTPUTF8."""
    client = create_app(read(IntakeSettings, {**environment, "VIDARE_SMTPUTF8": "1"})).test_client()
    client.environ_base["HTTP_ACCEPT"] = HTML["Accept"]
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def sent_by(browser: FlaskClient) -> str:
    """The page of a ticket that was sent by the form."""
    form = "/help/account/login/note"
    given = {"email": ASA, "message": "I cannot log in.", "form_token": token_in(browser.get(form))}
    answer = browser.post(form, data=given)
    assert answer.status_code == 303, answer.text
    return answer.location


def mail(engine: Engine, reference: str, state: str, because: str) -> None:
    payload = {"email": str(uuid4()), "kind": "acknowledgement", "state": state, "because": because}
    with engine.begin() as connection:
        record(connection, [email_state_changed(reference, "c", payload)])
    deliver(engine)


def test_the_form_says_what_is_wrong_in_the_readers_language(send: Send) -> None:
    answer = send("account/login", email=ASA)
    assert (answer.status_code, "characters such as å or ж before the @" in answer.text) == (422, True)
    answer = send("account/login", query="?lang=sv", email=ASA)
    assert (answer.status_code, "tecken som å eller ж före @" in answer.text) == (422, True)


@pytest.mark.parametrize(("body", "field"), [(PLAIN, "email"), (DETAIL, "details.account_email")])
def test_the_api_accepts_it_as_the_setting_says(
    browser: FlaskClient, allowing: FlaskClient, body: dict[str, object], field: str
) -> None:
    headers = {"Accept": "application/json"}
    refused = browser.post("/v1/tickets", json=body, headers=headers)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])  # type: ignore[index]
    assert allowing.post("/v1/tickets", json=body, headers=headers).status_code == 201


def test_details_that_are_sent_later_are_read_as_the_setting_says(
    browser: FlaskClient, allowing: FlaskClient, send: Send
) -> None:
    path, key = send("account/password").location.split("?key=")
    later = {"json": {"details": {"account_email": ASA}}, "headers": {"Authorization": f"Bearer {key}"}}
    address = f"/v1/tickets/{reference_of(path)}/follow-ups"
    assert browser.post(address, **later).status_code == 422
    assert allowing.post(address, **later).status_code == 201


def test_links_are_asked_for_as_the_setting_says(browser: FlaskClient, allowing: FlaskClient, engine: Engine) -> None:
    status, _, page = ask(browser, ASA)
    assert (status, "before the @" in page) == (422, True)
    sent_by(allowing)
    assert ask(allowing, ASA)[0] == 303
    deliver(engine)
    assert [personal for _, personal in recorded(engine, "TicketLinksFound")] == [{"email": ASA}]


def test_the_page_says_that_our_server_is_the_reason(allowing: FlaskClient, engine: Engine) -> None:
    page = sent_by(allowing)
    mail(engine, reference_of(page), "failed", NO_SMTPUTF8)
    shown = allowing.get(page).text
    assert (
        f"Our mail server does not accept addresses with characters such as å or ж before the @, like {ASA}." in shown
    )
    assert "came back" not in shown
    assert (
        f"Vår mejlserver tar inte emot adresser med tecken som å eller ж före @, som {ASA}."
        in allowing.get(f"{page}&lang=sv").text
    )


def test_an_address_is_changed_to_one_as_the_setting_says(
    browser: FlaskClient, allowing: FlaskClient, engine: Engine
) -> None:
    path, key = sent_by(allowing).split("?key=")
    mail(engine, reference_of(path), "bounced", "no such user")
    other = {"key": key, "email": "örjan@example.org"}
    refused = browser.post(f"{path}/address", data=other)
    assert (refused.status_code, "before the @" in refused.text) == (422, True)
    assert allowing.post(f"{path}/address", data=other).status_code == 303
    assert [personal for _, personal in recorded(engine, "RequesterAddressChanged")] == [{"email": "örjan@example.org"}]


def test_the_same_address_in_another_spelling_is_no_other_address(
    browser: FlaskClient, send: Send, engine: Engine
) -> None:
    path, key = send("account/login", email="anna@bücher.example").location.split("?key=")
    mail(engine, reference_of(path), "bounced", "no such user")
    same = browser.post(f"{path}/address", data={"key": key, "email": "Anna@xn--bcher-kva.example"})
    assert (same.status_code, "Enter another one." in same.text) == (422, True)
