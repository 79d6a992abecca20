"""The page of a ticket: where it stands, and the conversation, by each key and in both languages."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from shared.ticket_keys import mailed_key, receipt_key
from tests.integration.intake.conversation.told import deliver, file_of, state, written
from tests.integration.intake.web.conftest import Send

SECRET = "a-secret-of-the-tests-alone"


@pytest.fixture
def reference(send: Send) -> str:
    answer = send("account/content-removed", subject="Gone", details__removed_link="https://blog.example/cat")
    return answer.location.split("/t/")[1].split("?")[0]


def mailed(browser: FlaskClient, reference: str, more: str = "") -> str:
    return browser.get(f"/t/{reference}?key={mailed_key(SECRET, reference, 1)}{more}").text


def receipt(browser: FlaskClient, reference: str) -> str:
    return browser.get(f"/t/{reference}?key={receipt_key(SECRET, reference, 1)}").text


def heading(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page)
    assert found
    return found[1]


def test_messages_stand_in_order_each_with_its_files(browser: FlaskClient, engine: Engine, reference: str) -> None:
    ours = file_of()
    answer = written(reference, message="Look *here* <b>", attachments=[ours], names={ours["id"]: "how.png"})
    deliver(engine, answer, state(reference, "waiting"))
    key = mailed_key(SECRET, reference, 1)
    browser.post(f"/t/{reference}/follow-ups", data={"key": key, "message": "Thanks, https://example.org/x"})
    page = mailed(browser, reference)
    parts = page.split('<li class="message')[1:]
    assert [part.startswith(" ours") for part in parts] == [False, True, False]
    assert "<strong>Ada, " in parts[1]
    assert "Look <em>here</em> &lt;b&gt;" in parts[1]
    assert f"/v1/tickets/{reference}/attachments/{ours['id']}?key={key}" in parts[1]
    assert 'href="https://example.org/x"' in parts[2]
    assert heading(page) == "We have answered you"
    assert "Our answer is below" in page


def test_a_message_says_what_its_e_mail_said(browser: FlaskClient, engine: Engine, reference: str) -> None:
    kinds = ("information_request", "disapproval", "resolution")
    deliver(engine, *(written(reference, kind, "Dear Anna") for kind in kinds))
    page = mailed(browser, reference)
    for sentence in ("Please send us:", "Too many hashtags", "How to fix it:", "We believe that we have solved it."):
        assert sentence in page
    swedish = mailed(browser, reference, "&lang=sv")
    for sentence in (
        "Skicka oss detta:",
        "För många hashtaggar",
        "Så rättar du till det:",
        "Vi tror att vi har löst det.",
    ):
        assert sentence in swedish


@pytest.mark.parametrize(
    ("told", "missing", "words"),
    [
        ("held", ["removed_link"], "We need something from you"),
        ("open", [], "We have your note"),
        ("waiting", [], "We have answered you"),
        ("waiting", ["removed_link"], "We need something from you"),
        ("resolved", [], "We have closed your note"),
    ],
)
def test_the_heading_says_where_it_stands(
    browser: FlaskClient, engine: Engine, reference: str, told: str, missing: list[str], words: str
) -> None:
    deliver(engine, state(reference, told, missing_evidence=missing))
    assert heading(mailed(browser, reference)) == words


def test_a_ticket_that_waits_for_evidence_is_not_on_its_way(browser: FlaskClient, engine: Engine, send: Send) -> None:
    page = browser.get(send("account/content-removed").location).text
    assert "We still need this from you" in page
    assert "On its way" not in page
    assert "On its way" in browser.get(send("account/login").location).text


@pytest.mark.parametrize(("due", "words"), [("2999-01-01", "We answer by"), ("2001-01-01", "We meant to answer by")])
def test_the_page_says_by_when_we_answer(
    browser: FlaskClient, engine: Engine, reference: str, due: str, words: str
) -> None:
    assert f"{words} <time " not in mailed(browser, reference)
    deliver(engine, state(reference, "open", respond_by=f"{due}T10:00:00+00:00"))
    assert f"{words} <time " in mailed(browser, reference)
    deliver(engine, state(reference, "waiting"))
    assert f"{words} <time " not in mailed(browser, reference)


def test_the_address_is_masked(browser: FlaskClient, reference: str) -> None:
    for page in (mailed(browser, reference), receipt(browser, reference)):
        assert "We write to a•••@example.org." in page
        assert "anna@example.org" not in page
        assert "Change it" in page
        assert ">Refresh</a>" in page


def test_the_receipts_key_shows_nothing_of_an_answer(browser: FlaskClient, engine: Engine, reference: str) -> None:
    assert "Send me the link again" not in receipt(browser, reference)
    ours = file_of()
    for kind in ("reply", "information_request", "disapproval", "resolution"):
        deliver(engine, written(reference, kind, "SECRET", attachments=[ours], names={ours["id"]: "SECRET.png"}))
    page = receipt(browser, reference)
    for hidden in ("SECRET", ours["id"], "Ada", "hashtags", "We believe"):
        assert hidden not in page
    assert "We have answered you by e-mail" in page
    assert "Send me the link again" in page
    assert "Send me the link again" not in mailed(browser, reference)


def test_answers_from_before_the_upgrade_are_not_denied(browser: FlaskClient, engine: Engine, reference: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("delete from intake.answers_kept_since"))
        connection.execute(text("insert into intake.answers_kept_since default values"))
    deliver(engine, state(reference, "open"))
    assert "may be in our e-mails only" in mailed(browser, reference)
    assert "What we write to you is in our e-mails" in receipt(browser, reference)


def test_a_quarantined_file_is_no_link(browser: FlaskClient, engine: Engine, reference: str) -> None:
    ours = file_of(state="quarantined")
    deliver(engine, written(reference, attachments=[ours], names={ours["id"]: "bad.png"}))
    page = mailed(browser, reference)
    assert "bad.png" in page
    assert f"attachments/{ours['id']}" not in page
