"""From "How can we help?" to the receipt, as a person goes, with and without scripts, in both languages."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from tests.browser.conftest import OpenPage

WORDS = {
    "en": {
        "still": "I still need help",
        "send": "Send",
        "got": "We have your note",
        "topic": "You removed my Pin or board",
        "missing": "We still need this",
    },
    "sv": {
        "still": "Jag behöver fortfarande hjälp",
        "send": "Skicka",
        "got": "Vi har fått ditt meddelande",
        "topic": "Ni har tagit bort min Pin eller board",
        "missing": "Det här behöver vi fortfarande",
    },
}
EACH_WAY = pytest.mark.parametrize(("language", "scripts"), [("en", True), ("en", False), ("sv", True), ("sv", False)])


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    Image.new("RGB", (16, 16), "green").save(tmp_path / "proof.png")
    return tmp_path / "proof.png"


def tickets(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("select count(*) from intake.submissions")).scalar_one())


def fill(page: Page, message: str = "It is gone.") -> None:
    page.goto("/help/account/login/note")
    page.locator("#email").fill("anna@example.org")
    page.locator("#message").fill(message)


def send(page: Page) -> None:
    page.locator("#note button.main").click()


@EACH_WAY
def test_a_submission_with_a_file_from_the_first_page_to_the_receipt(
    open_page: OpenPage, proof: Path, language: str, scripts: bool
) -> None:
    page, words = open_page(language, scripts), WORDS[language]
    page.goto("/")
    page.get_by_role("link", name=words["topic"]).click()
    page.get_by_role("link", name=words["still"]).click()
    page.locator("#email").fill("anna@example.org")
    page.locator("#message").fill("It was mine.")
    page.locator("#attachment").set_input_files(proof)
    page.get_by_role("button", name=words["send"], exact=True).click()
    expect(page.get_by_role("heading", name=words["got"])).to_be_visible()
    expect(page.locator(".reference strong")).to_have_text(re.compile(r"T-[0-9A-Z]{4}-[0-9A-Z]{4}"))
    expect(page.get_by_text("proof.png")).to_be_visible()


@EACH_WAY
def test_errors_are_shown_and_no_input_is_lost(open_page: OpenPage, language: str, scripts: bool) -> None:
    page = open_page(language, scripts)
    page.goto("/help/account/content-removed/note")
    page.locator("#name").fill("Anna")
    page.locator("#email").fill("nix")
    send(page)
    expect(page.locator(".summary")).to_be_focused()
    expect(page).to_have_title(re.compile("^(Error|Fel): "))
    expect(page.locator("#name")).to_have_value("Anna")
    page.locator('.summary a[href="#message"]').click()
    expect(page.locator("#message")).to_be_focused()
    page.locator("#message").fill("Now I write it.")
    page.locator("#email").fill("anna@example.org")
    send(page)
    expect(page.get_by_role("heading", name=WORDS[language]["got"])).to_be_visible()


@EACH_WAY
def test_sending_more_later_and_withdrawing(open_page: OpenPage, proof: Path, language: str, scripts: bool) -> None:
    page = open_page(language, scripts)
    page.goto("/help/account/content-removed/note")
    page.locator("#email").fill("anna@example.org")
    page.locator("#message").fill("It was mine.")
    send(page)
    expect(page.get_by_role("heading", name=WORDS[language]["missing"])).to_be_visible()
    page.locator("#attachment").set_input_files(proof)
    page.locator("#more button.main").click()
    expect(page.locator(".notice.good")).to_be_visible()
    expect(page.get_by_role("heading", name=WORDS[language]["missing"])).to_have_count(0)
    page.locator("summary.button").click()
    page.locator("button.grave").click()
    expect(page.locator("h1")).to_have_text(re.compile("took this note back|tagit tillbaka"))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_double_click_is_one_submission(open_page: OpenPage, engine: Engine, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    fill(page)
    page.locator("#note button.main").dblclick()
    expect(page.get_by_role("heading", name="We have your note")).to_be_visible()
    assert tickets(engine) == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_back_and_send_is_the_same_submission(open_page: OpenPage, engine: Engine, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    fill(page)
    send(page)
    expect(page.get_by_role("heading", name="We have your note")).to_be_visible()
    reference = page.locator(".reference strong").inner_text()
    page.go_back()
    expect(page.locator("#message")).to_have_value("It is gone.")
    send(page)
    expect(page.locator(".reference strong")).to_have_text(reference)
    assert tickets(engine) == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_back_and_send_other_words_is_a_new_submission(open_page: OpenPage, engine: Engine, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    fill(page)
    send(page)
    reference = page.locator(".reference strong").inner_text()
    page.go_back()
    page.locator("#message").fill("And another thing.")
    send(page)
    expect(page.locator(".reference strong")).not_to_have_text(reference)
    assert tickets(engine) == 2


def test_reloading_the_receipt_sends_nothing(open_page: OpenPage, engine: Engine) -> None:
    page = open_page()
    fill(page)
    send(page)
    expect(page.get_by_role("heading", name="We have your note")).to_be_visible()
    page.reload()
    assert tickets(engine) == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_switching_the_language_keeps_the_input(open_page: OpenPage, engine: Engine, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    fill(page, "half a sentence")
    page.get_by_role("button", name="Svenska").click()
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    expect(page.locator("#message")).to_have_value("half a sentence")
    send(page)
    expect(page.get_by_role("heading", name="Vi har fått ditt meddelande")).to_be_visible()
    assert tickets(engine) == 1


def test_a_file_that_is_too_large_is_told_before_it_is_sent(
    open_page: OpenPage, engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "big.png").write_bytes(BytesIO(b"0" * 2_097_152).read())
    page = open_page()
    fill(page)
    page.locator("#attachment").set_input_files(tmp_path / "big.png")
    expect(page.get_by_role("alert")).to_have_text("This file is too large: it must be smaller than 2 MB.")
    send(page)
    expect(page.locator("#attachment")).to_be_focused()
    assert tickets(engine) == 0


def test_a_file_that_is_too_large_is_told_afterwards_without_scripts(open_page: OpenPage, tmp_path: Path) -> None:
    (tmp_path / "big.png").write_bytes(b"0" * 2_097_152)
    page = open_page(scripts=False)
    fill(page)
    page.locator("#attachment").set_input_files(tmp_path / "big.png")
    send(page)
    expect(page.locator("#attachment-error")).to_contain_text("This file is too large")
    expect(page.locator("#message")).to_have_value("It is gone.")


def test_evidence_is_asked_for_as_the_answers_come(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/help/business/buyable-pins/note")
    evidence = page.locator("fieldset.evidence")
    expect(evidence).to_be_hidden()
    page.locator('[id="details-shop_platform"]').select_option("magento")
    expect(evidence).to_be_visible()
    page.locator('[id="details-shop_platform"]').select_option("shopify")
    expect(evidence).to_be_hidden()
