"""The page on which a requester tells how a resolution was: what counts, for how long, and what is refused."""

import dataclasses
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from services.intake.app import create_app
from services.intake.settings import IntakeSettings
from shared.settings import read
from shared.ticket_keys import Resolution, mailed_key, satisfaction_token
from tests.integration.intake.conversation.told import deliver, recorded, state
from tests.integration.intake.web.conftest import Send

SECRET = "a-secret-of-the-tests-alone"
EVENT = UUID("0192f1c8-7a5e-7b1c-9d3e-0123456789ab")
# Bidirectional controls, emoji of several code points, and markup.
HOSTILE = "‮<script>alert(1)</script>\n👩‍👩‍👧 =1+1 ⁦x⁩ العربية"


@pytest.fixture
def reference(send: Send, engine: Engine) -> str:
    found = send("account/login").location.split("/t/")[1].split("?")[0]
    deliver(engine, state(found, "resolved"))
    return found


def address(reference: str, days: float = 0, number: int = 1, event: UUID = EVENT, answer: str = "good") -> str:
    """The link of an e-mail of so many days ago."""
    resolution = Resolution(event, datetime.now(UTC) - timedelta(days=days))
    token = satisfaction_token(SECRET, reference, number, resolution)
    return f"/t/{reference}/satisfaction?token={token}&answer={answer}"


def given(engine: Engine) -> list[tuple[str, str | None]]:
    """Answers and comments of the recorded events."""
    return [(payload["answer"], (words or {})["comment"]) for payload, words in recorded(engine, "SatisfactionGiven")]


def chosen(page: str) -> list[str]:
    return re.findall(r'name="answer" value="(\w+)"[^>]* checked', page)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_programs_do_with_a_link_records_nothing(
    browser: FlaskClient, engine: Engine, reference: str, method: str
) -> None:
    for answer in ("good", "bad"):
        assert browser.open(address(reference, answer=answer), method=method).status_code == 200
    assert given(engine) == []


@pytest.mark.parametrize(
    ("answer", "shown"), [("good", ["good"]), ("bad", ["bad"]), ("perhaps", []), ("", []), ("%22%3E%00", [])]
)
def test_the_page_has_the_answer_of_the_link_chosen_and_tells_nothing_of_the_note(
    browser: FlaskClient, reference: str, answer: str, shown: list[str]
) -> None:
    page = browser.get(address(reference, answer=answer))
    assert page.status_code == 200
    assert chosen(page.text) == shown
    assert "I cannot log in." not in page.text
    assert "example.org" not in page.text
    assert mailed_key(SECRET, reference, 1) not in page.text
    assert (page.headers["Referrer-Policy"], page.headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert '<meta name="robots" content="noindex">' in page.text


def test_the_page_is_in_the_readers_language(browser: FlaskClient, reference: str) -> None:
    page = browser.get(f"{address(reference)}&lang=sv").text
    assert "Vad tyckte du om vår hjälp?" in page
    assert "Bra, jag är nöjd" in page
    assert "How was" not in page


def test_an_answer_with_a_comment_is_recorded_as_it_was_written(
    browser: FlaskClient, engine: Engine, reference: str
) -> None:
    done = browser.post(address(reference), data={"answer": "bad", "comment": f"  {HOSTILE}\r\n"})
    assert done.status_code == 303
    assert given(engine) == [("bad", HOSTILE)]
    [(payload, _)] = recorded(engine, "SatisfactionGiven")
    assert payload == {"resolution": str(EVENT), "answer": "bad"}
    page = browser.get(done.location).text
    assert "Thank you for your answer" in page
    assert "alert(1)" not in page


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"comment": "Slow"}, "answer", "Choose good or bad."),
        ({"answer": "perhaps"}, "answer", "Choose good or bad."),
        ({"answer": "good", "comment": "x" * 2_001}, "comment", "Keep your comment to at most 2,000 characters."),
        ({"answer": "good", "comment": "a\x00b"}, "comment", "This holds characters that cannot be shown."),
    ],
)
def test_a_refused_form_keeps_what_was_entered(
    browser: FlaskClient, engine: Engine, reference: str, fields: dict[str, str], field: str, sentence: str
) -> None:
    answer = browser.post(address(reference), data=fields)
    assert answer.status_code == 422
    assert f'<a href="#{field}">{sentence}</a>' in answer.text
    assert chosen(answer.text) == [value for value in [fields.get("answer")] if value == "good"]
    assert given(engine) == []


def test_a_comment_has_2000_characters_of_any_kind(browser: FlaskClient, engine: Engine, reference: str) -> None:
    assert browser.post(address(reference), data={"answer": "good", "comment": "👍" * 2_000}).status_code == 303
    assert browser.post(address(reference), json={"answer": "good", "comment": "\u200b \n"}).status_code == 200
    assert given(engine) == [("good", "👍" * 2_000), ("good", None)]


def test_json_is_answered_with_what_counts(browser: FlaskClient, engine: Engine, reference: str) -> None:
    answer = browser.post(address(reference), json={"answer": "bad"}, headers={"Accept": "*/*"})
    assert answer.status_code == 200
    assert answer.json is not None
    assert set(answer.json) == {"answer", "comment", "at"}
    assert datetime.fromisoformat(answer.json["at"]).utcoffset() == timedelta(0)
    assert given(engine) == [("bad", None)]


@pytest.mark.parametrize(("content_type", "status"), [("text/plain", 415), ("application/xml", 415), ("", 415)])
def test_other_types_are_refused(
    browser: FlaskClient, engine: Engine, reference: str, content_type: str, status: int
) -> None:
    answer = browser.post(address(reference), data=b"answer=good", content_type=content_type)
    assert answer.status_code == status
    assert browser.put(address(reference), json={"answer": "good"}).status_code == 405
    assert browser.delete(address(reference)).status_code == 405
    assert given(engine) == []


def test_it_can_be_answered_for_seven_days(browser: FlaskClient, engine: Engine, reference: str) -> None:
    assert browser.post(address(reference, days=6.99), data={"answer": "good"}).status_code == 303
    page = browser.get(address(reference, days=7.01))
    assert (page.status_code, "This question is closed" in page.text, "<form" in page.text) == (200, True, False)
    late = browser.post(address(reference, days=7.01), data={"answer": "bad"})
    assert (late.status_code, "This question is closed" in late.text) == (409, True)
    refused = browser.post(address(reference, days=7.01), json={"answer": "bad"}, headers={"Accept": "*/*"})
    assert refused.status_code == 409
    assert refused.content_type == "application/problem+json"
    assert given(engine) == [("good", None)]


def test_a_link_with_renewed_keys_a_forgotten_person_and_another_ticket_are_not_found(
    browser: FlaskClient, engine: Engine, reference: str, send: Send
) -> None:
    other = send("account/login", message="Another.").location.split("/t/")[1].split("?")[0]
    swapped = address(other).replace(other, reference)
    assert browser.get(swapped).status_code == 404
    assert browser.post(swapped, json={"answer": "good"}).status_code == 404
    for change in ("key_number = 2", "personal = null, key_number = 1"):
        with engine.begin() as connection:
            connection.execute(text(f"update intake.submissions set {change} where reference = :r"), {"r": reference})
        assert browser.get(address(reference)).status_code == 404
        assert browser.post(address(reference), data={"answer": "good"}).status_code == 404
    assert given(engine) == []


def test_a_resolution_before_the_ticket_opened_again_or_was_withdrawn_still_counts(
    browser: FlaskClient, engine: Engine, reference: str
) -> None:
    deliver(engine, state(reference, "open"), state(reference, "withdrawn"))
    assert browser.post(address(reference), data={"answer": "bad"}).status_code == 303
    assert given(engine) == [("bad", None)]


def test_the_ticket_and_the_network_have_limits(
    engine: Engine, environment: dict[str, str], reference: str, clean_database: None
) -> None:
    del clean_database
    settings = read(IntakeSettings, {**environment, "VIDARE_LIMIT_REFUSED": ""})
    client = create_app(dataclasses.replace(settings, limit_follow_ups="2/hour")).test_client()
    statuses = [client.post(address(reference), json={"answer": "good"}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    page = client.post(address(reference), data={"answer": "good"}, headers={"Accept": "text/html"})
    assert (page.status_code, int(page.headers["Retry-After"]) > 0) == (429, True)
    assert "The answer was changed often" in page.text
    network = create_app(dataclasses.replace(settings, limit_submissions="1/hour")).test_client()
    elsewhere = {"REMOTE_ADDR": "192.0.2.77"}
    statuses = [
        network.post(address(reference), json={"answer": "bad"}, environ_base=elsewhere).status_code for _ in range(2)
    ]
    assert statuses == [200, 429]


def test_wrong_tokens_count_against_the_limit_of_refused_posts(environment: dict[str, str], reference: str) -> None:
    settings = read(IntakeSettings, environment)
    client = create_app(dataclasses.replace(settings, limit_refused="3/minute")).test_client()
    wrong = address(reference).replace("token=", "token=a")
    address_of = {"REMOTE_ADDR": "192.0.2.78"}
    statuses = [client.post(wrong, json={"answer": "good"}, environ_base=address_of).status_code for _ in range(5)]
    assert statuses == [404, 404, 404, 429, 429]


def test_answers_at_once_are_all_recorded_in_some_order(intake: Flask, engine: Engine, reference: str) -> None:
    def post(answer: str) -> int:
        return intake.test_client().post(address(reference), json={"answer": answer}).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(post, ["good", "bad"] * 8))
    assert statuses == [200] * 16
    assert sorted(answer for answer, _ in given(engine)) == ["bad"] * 8 + ["good"] * 8


def test_two_resolutions_of_a_ticket_have_a_link_each(browser: FlaskClient, engine: Engine, reference: str) -> None:
    second = uuid4()
    for event in (EVENT, second):
        assert browser.post(address(reference, event=event), json={"answer": "good"}).status_code == 200
    named = [payload["resolution"] for payload, _ in recorded(engine, "SatisfactionGiven")]
    assert named == [str(EVENT), str(second)]
