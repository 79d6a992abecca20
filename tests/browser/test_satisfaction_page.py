"""The page that asks how a resolution was, in a browser: by keyboard, with and without scripts, in both languages, light and dark."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from shared.ticket_keys import Resolution, satisfaction_token
from tests.browser.conftest import OpenPage
from tests.browser.looks import SMALL, too_wide, violations_in_both
from tests.browser.test_ticket_page import EACH_WAY, SECRET, new_ticket
from tests.integration.intake.conversation.told import recorded

HEADING = {"en": "How was our help?", "sv": "Vad tyckte du om vår hjälp?"}
THANKS = {"en": "Thank you for your answer", "sv": "Tack för ditt svar"}


def open_link(page: Page, answer: str = "good", days: float = 0) -> None:
    """A ticket of one's own, and the link of its resolution's e-mail."""
    reference = new_ticket(page)
    token = satisfaction_token(SECRET, reference, 1, Resolution(uuid4(), datetime.now(UTC) - timedelta(days=days)))
    page.goto(f"/t/{reference}/satisfaction?token={token}&answer={answer}")


@EACH_WAY
def test_it_is_answered_by_keyboard(open_page: OpenPage, engine: Engine, language: str, scripts: bool) -> None:
    page = open_page(language, scripts)
    open_link(page)
    expect(page.locator("h1")).to_have_text(HEADING[language])
    expect(page.locator("[value=good]")).to_be_checked()
    assert recorded(engine, "SatisfactionGiven") == []
    page.locator("[value=good]").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[value=bad]")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Too slow")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(THANKS[language])
    [(payload, words)] = recorded(engine, "SatisfactionGiven")
    assert (payload["answer"], words) == ("bad", {"comment": "Too slow"})
    page.locator("main a").click()
    expect(page.locator("[value=bad]")).to_be_checked()


@EACH_WAY
def test_nothing_chosen_is_told_beside_the_question(
    open_page: OpenPage, engine: Engine, language: str, scripts: bool
) -> None:
    page = open_page(language, scripts)
    open_link(page, answer="")
    page.locator("#comment").fill("Fine")
    page.locator("form button.main").click()
    expect(page.locator(".summary")).to_be_visible()
    page.locator(".summary a").click()
    expect(page.locator("#answer")).to_be_focused()
    expect(page.locator("#answer-error")).to_be_visible()
    expect(page.locator("#comment")).to_have_value("Fine")
    assert recorded(engine, "SatisfactionGiven") == []


def test_it_is_accessible_and_fits(open_page: OpenPage, engine: Engine) -> None:
    page = open_page("sv")
    found = []
    for days in (0, 8):
        open_link(page, days=days)
        found += violations_in_both(page) + too_wide(page, (320, 1280)) + page.evaluate(SMALL)
    open_link(page, answer="")
    page.locator("form button.main").click()
    expect(page.locator(".summary")).to_be_visible()
    assert found + violations_in_both(page) == []
