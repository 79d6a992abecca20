from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Engine, text

from tests.integration.intake.web.conftest import Send, token_in


def png() -> BytesIO:
    picture = BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "PNG")
    picture.seek(0)
    return picture


def tickets(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("select count(*) from intake.submissions")).scalar_one())


def test_a_submission_is_accepted_and_the_receipt_shows_it(browser: FlaskClient, send: Send) -> None:
    answer = send("account/login", subject="Locked out", name="Anna")
    assert answer.status_code == 303
    assert answer.location.startswith("/t/T-")
    receipt = browser.get(answer.location)
    assert receipt.status_code == 200
    assert "Locked out" in receipt.text
    assert answer.location.split("/t/")[1].split("?")[0] in receipt.text


def test_every_error_is_in_the_summary_and_beside_its_field(send: Send) -> None:
    page = send("account/login", email="nix", message=" ")
    assert page.status_code == 422
    assert "<title>Error: " in page.text
    for field in ("email", "message"):
        assert f'<a href="#{field}">' in page.text
        assert f'id="{field}-error"' in page.text
    assert page.text.count(">Tell us what happened.<") == 2


def test_all_input_is_kept(send: Send) -> None:
    page = send(
        "business/rich-pins",
        email="",
        name='Anna "A" <b>',
        subject="s1",
        message="\nline one\nline two",
        username="anna",
        platform="ios",
        details__page_url="not an address",
        details__kind="recipe",
    )
    assert page.status_code == 422
    for kept in ('value="Anna &#34;A&#34; &lt;b&gt;"', 'value="s1"', 'value="anna"', 'value="not an address"'):
        assert kept in page.text
    assert "\n\nline one\nline two</textarea>" in page.text.replace("\r", "")
    assert '<option value="ios" selected>' in page.text
    assert '<option value="recipe" selected>' in page.text


def test_the_form_keeps_its_token_while_it_is_corrected(browser: FlaskClient, send: Send) -> None:
    token = token_in(browser.get("/help/account/login/note"))
    assert token_in(send("account/login", token=token, email="")) == token


def test_the_same_form_sent_twice_is_one_submission(browser: FlaskClient, send: Send, engine: Engine) -> None:
    token = token_in(browser.get("/help/account/login/note"))
    first, second = (send("account/login", token=token).location for _ in range(2))
    assert first == second
    assert tickets(engine) == 1


def test_the_same_form_is_the_same_submission_whatever_the_time(
    browser: FlaskClient, send: Send, engine: Engine
) -> None:
    token = token_in(browser.get("/help/account/login/note"))
    first = send("account/login", token=token).location
    with engine.begin() as connection:  # the ten minutes in which equal submissions are one without a token
        connection.execute(text("update intake.idempotency set expires_at = now() where kind = 'content'"))
    assert send("account/login", token=token).location == first
    assert send("account/login").location != first
    assert tickets(engine) == 2


def test_other_words_in_the_same_form_are_a_new_submission(browser: FlaskClient, send: Send, engine: Engine) -> None:
    token = token_in(browser.get("/help/account/login/note"))
    locations = {send("account/login", token=token, message=words).location for words in ("one", "another")}
    assert len(locations) == 2
    assert tickets(engine) == 2


def test_a_form_without_a_token_is_accepted(send: Send) -> None:
    assert send("account/login", token="forged").status_code == 303


def test_a_file_is_sent_with_the_form(browser: FlaskClient, send: Send) -> None:
    answer = send("account/content-removed", attachment=(png(), "proof.png"))
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "proof.png" in page
    assert "We still need this from you" not in page


@pytest.mark.parametrize(
    ("name", "body", "status", "message"),
    [
        ("big.png", b"\x89PNG" + b"0" * 2_097_152, 413, "smaller than 2 MB"),
        ("proof.exe", b"MZ", 415, "This is not a gif, jpg, png or pdf file."),
        ("empty.png", b"", 422, "This file is empty."),
    ],
)
def test_the_error_of_a_refused_file_is_beside_it(
    send: Send, name: str, body: bytes, status: int, message: str
) -> None:
    page = send("account/login", name="Anna", attachment=(BytesIO(body), name))
    assert page.status_code == status
    assert 'href="#attachment"' in page.text
    assert message in page.text
    assert 'value="Anna"' in page.text


def test_missing_evidence_is_no_error_but_asked_for_on_the_receipt(browser: FlaskClient, send: Send) -> None:
    page = browser.get(send("business/blocked-link").location).text
    assert "We still need this from you" in page
    assert 'name="details.site_url"' in page


@pytest.mark.parametrize(
    ("path", "lines", "alternatives"), [("business/blocked-link", 2, 0), ("account/content-removed", 1, 1)]
)
def test_each_thing_needed_has_a_line_and_only_alternatives_share_one(
    browser: FlaskClient, send: Send, path: str, lines: int, alternatives: int
) -> None:
    page = browser.get(send(path).location).text
    needed = page[page.index('id="missing"') :].partition("</ul>")[0]
    assert (needed.count("<li>"), needed.count("<em>or</em>")) == (lines, alternatives)


def test_i_cannot_provide_this_is_an_answer(browser: FlaskClient, send: Send) -> None:
    answer = send("account/content-removed", details__cannot_provide="removed_link screenshot")
    assert "We still need this from you" not in browser.get(answer.location).text


def test_a_shortened_link_is_refused_with_advice(send: Send) -> None:
    page = send("business/blocked-link", details__site_url="https://bit.ly/x")
    assert page.status_code == 422
    assert 'href="#details-site_url"' in page.text
    assert "bit.ly" in page.text


def test_a_required_field_is_asked_for_in_the_readers_language(send: Send) -> None:
    page = send("business/buyable-pins", query="?lang=sv")
    assert page.status_code == 422
    assert "Fyll i ”" in page.text
    assert "<title>Fel: " in page.text


def test_evidence_that_the_answers_do_not_ask_for_is_not_shown(browser: FlaskClient, send: Send) -> None:
    page = browser.get("/help/business/buyable-pins/note").text
    assert page.count('<fieldset class="evidence" data-when=') == page.count('&#34;}" hidden>') == 1
    again = send("business/buyable-pins", email="", details__shop_platform="magento").text
    assert '&#34;}" hidden>' not in again


def test_country_is_asked_only_where_the_catalogue_says_so(browser: FlaskClient) -> None:
    assert 'name="country"' in browser.get("/help/ads/getting-started/note").text
    assert 'name="country"' not in browser.get("/help/ads/loading/note").text


def test_the_username_hint_is_shown(browser: FlaskClient) -> None:
    assert "How do I find my username?" in browser.get("/help/account/login/note").text


def test_switching_the_language_loses_nothing_and_sends_nothing(browser: FlaskClient, engine: Engine) -> None:
    page = browser.post("/help/account/login/note?lang=sv", data={"message": "half a sen", "only_language": "1"})
    assert page.status_code == 200
    assert "half a sen</textarea>" in page.text
    assert '<html lang="sv">' in page.text
    assert tickets(engine) == 0


def test_the_form_may_be_kept_for_back(browser: FlaskClient) -> None:
    assert "no-store" not in browser.get("/help/account/login/note").headers["Cache-Control"]


def test_the_chosen_language_is_the_submissions_and_stays(browser: FlaskClient, send: Send, engine: Engine) -> None:
    answer = send("account/login", query="?lang=sv")
    assert "lang=sv" in answer.location
    assert "Vi har fått ditt meddelande" in browser.get(answer.location).text
    with engine.connect() as connection:
        assert connection.execute(text("select locale from intake.submissions")).scalar_one() == "sv"


def test_an_invalid_form_of_another_site_is_answered_by_ours(browser: FlaskClient) -> None:
    page = browser.post("/v1/tickets", data={"category": "account/login", "email": "nix", "message": "kept words"})
    assert page.status_code == 422
    assert page.mimetype == "text/html"
    assert "kept words</textarea>" in page.text
    accepted = browser.post("/v1/tickets", data={"category": "account/login", "email": "a@b.example", "message": "m"})
    assert accepted.status_code == 303
    assert browser.get(accepted.location).status_code == 200


def test_a_likely_address_is_asked_about_in_the_form_that_comes_back(browser: FlaskClient, send: Send) -> None:
    page = send("account/login", email="anna@gmial.com", message="", details__account_email="<b>@gmail.con").text
    assert "Did you mean <strong>anna@gmail.com</strong>?" in page
    assert "Did you mean <strong>&lt;b&gt;@gmail.com</strong>?" in page
    assert send("account/login", email="anna@gmial.com").status_code == 303


def test_a_suggestion_changes_its_own_field_and_sends_nothing(send: Send) -> None:
    given = {"email": "anna@gmial.com", "details__account_email": "bo@gmail.con", "message": "Still here."}
    page = send("account/login", **given, suggested__details__account_email="bo@gmail.com")
    assert page.status_code == 200
    for value in ("anna@gmial.com", "bo@gmail.com"):
        assert f'type="email" value="{value}"' in page.text
    assert "Still here." in page.text
