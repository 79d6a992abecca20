from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.integration.intake.conversation.told import deliver, written
from tests.integration.intake.web.conftest import Send


@pytest.fixture
def receipt(send: Send) -> str:
    """The address of a new ticket's page."""
    return send("account/content-removed", subject="Gone").location


def key_of(address: str) -> str:
    return address.split("key=")[1].split("&")[0]


def path_of(address: str) -> str:
    return address.split("?")[0]


def test_the_page_travels_nowhere_and_stays_nowhere(browser: FlaskClient, receipt: str) -> None:
    page = browser.get(receipt)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("key", ["", "wrong", "ä" * 32])
def test_a_wrong_key_and_an_unknown_ticket_are_alike(browser: FlaskClient, receipt: str, key: str) -> None:
    wrong = browser.get(f"{path_of(receipt)}?key={key}")
    unknown = browser.get(f"/t/T-0000-0000?key={key}")
    assert wrong.status_code == unknown.status_code == 404
    assert "We can’t find this note" in wrong.text
    assert wrong.text.replace(path_of(receipt)[3:], "") == unknown.text.replace("T-0000-0000", "")


def test_where_our_mail_comes_from(browser: FlaskClient, receipt: str) -> None:
    page = browser.get(receipt).text
    assert "Our mail comes from help@localhost.test." in page
    assert "junk" in page


def test_sending_what_was_missing(browser: FlaskClient, receipt: str) -> None:
    given = {"key": key_of(receipt), "message": "Here it is.", "details.removed_link": "https://blog.example/cat"}
    answer = browser.post(f"{path_of(receipt)}/follow-ups", data=given)
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "Thank you, we have it." in page
    assert "Here it is." in page
    assert "We still need this from you" not in page


def test_sending_nothing_says_what_could_be_sent(browser: FlaskClient, receipt: str) -> None:
    page = browser.post(f"{path_of(receipt)}/follow-ups", data={"key": key_of(receipt)})
    assert page.status_code == 422
    assert "Write a message, choose a file, or add what is missing." in page.text
    assert "<title>Error: " in page.text


def test_the_input_of_a_refused_follow_up_is_kept(browser: FlaskClient, receipt: str) -> None:
    given = {"key": key_of(receipt), "message": "x" * 10_001}
    page = browser.post(f"{path_of(receipt)}/follow-ups", data=given)
    assert page.status_code == 422
    assert "x" * 10_001 in page.text


def test_sending_more_needs_the_key(browser: FlaskClient, receipt: str) -> None:
    answer = browser.post(f"{path_of(receipt)}/follow-ups", data={"key": "wrong", "message": "m"})
    assert answer.status_code == 404


def test_withdrawing(browser: FlaskClient, receipt: str) -> None:
    answer = browser.post(f"{path_of(receipt)}/withdrawal", data={"key": key_of(receipt)})
    assert answer.status_code == 303
    assert "You took this note back" in browser.get(answer.location).text


def test_a_get_takes_nothing_back(browser: FlaskClient, receipt: str) -> None:
    assert browser.get(f"{path_of(receipt)}/withdrawal?key={key_of(receipt)}").status_code in (404, 405)
    assert "We have your note" in browser.get(receipt).text


def test_a_local_stack_shows_the_mail_and_the_ticket(browser: FlaskClient, receipt: str, maildir: Path) -> None:
    reference = path_of(receipt).removeprefix("/t/")
    page = browser.get(receipt).text
    assert f"/tickets/{reference}" in page
    mails = f"{path_of(receipt)}/mails?key={key_of(receipt)}"
    assert mails in page
    assert "Nothing yet." in browser.get(mails).text
    mail = f"From: help@pinly.example\nTo: anna@example.org\nSubject: [{reference}] We have your note\n\n<b>Hello"
    (maildir / "new" / "1").write_text(mail)
    assert "&lt;b&gt;Hello" in browser.get(mails).text


def test_the_mails_need_the_key(browser: FlaskClient, receipt: str) -> None:
    assert browser.get(f"{path_of(receipt)}/mails?key=wrong").status_code == 404


def test_every_page_of_a_ticket_is_in_the_chosen_language(browser: FlaskClient, receipt: str) -> None:
    page = browser.get(f"{receipt}&lang=sv").text
    assert '<html lang="sv">' in page
    assert "We have your note" not in page


def test_a_withdrawn_ticket_shows_what_was_sent(browser: FlaskClient, receipt: str) -> None:
    key = key_of(receipt)
    browser.post(f"{path_of(receipt)}/follow-ups", data={"key": key, "message": "One thing more."})
    page = browser.get(browser.post(f"{path_of(receipt)}/withdrawal", data={"key": key}).location).text
    assert "I cannot log in." in page
    assert "One thing more." in page
    assert "Send us more" not in page
    assert "Change it" not in page


def test_a_link_that_does_not_work_says_where_to_get_another(browser: FlaskClient, receipt: str) -> None:
    page = browser.get(f"{path_of(receipt)}?key=old").text
    assert "Links are renewed at times" in page
    assert 'links of your open notes: <a href="/t">Find your notes</a>.' in page
    assert '<a href="/t?lang=sv">Hitta dina meddelanden</a>.' in browser.get(f"{path_of(receipt)}?key=old&lang=sv").text


def test_the_subject_is_quoted_as_its_language_quotes(browser: FlaskClient, receipt: str) -> None:
    assert "“Gone” · " in browser.get(receipt).text
    assert "”Gone” · " in browser.get(f"{receipt}&lang=sv").text


def test_what_was_just_done_is_not_in_the_links_of_the_page(browser: FlaskClient, receipt: str) -> None:
    given = {"key": key_of(receipt), "message": "Here it is."}
    page = browser.get(browser.post(f"{path_of(receipt)}/follow-ups", data=given).location).text
    assert "Thank you, we have it." in page
    assert "just=" not in page


def test_hidden_mails_are_not_said_to_be_on_their_way(
    browser: FlaskClient, engine: Engine, receipt: str, maildir: Path
) -> None:
    reference = path_of(receipt).removeprefix("/t/")
    deliver(engine, written(reference))
    page = browser.get(f"{path_of(receipt)}/mails?key={key_of(receipt)}").text
    assert "Our answers are shown only by the link in our e-mails." in page
    assert "Nothing yet." not in page
