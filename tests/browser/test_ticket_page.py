"""The page of a ticket in a browser: the conversation, its updates, another address; with and without scripts, in both languages."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from shared.ticket_keys import confirmation_token, mailed_key
from tests.browser.conftest import OpenPage
from tests.browser.looks import SMALL, too_wide, violations, violations_in_both
from tests.integration.intake.conversation.told import deliver, recorded, state, written

SECRET = "a-secret-of-the-tests-alone"
EACH_WAY = pytest.mark.parametrize(("language", "scripts"), [("en", True), ("en", False), ("sv", True), ("sv", False)])
ANSWERED = {"en": "We have answered you", "sv": "Vi har svarat dig"}
CHANGE = {"en": "Change it", "sv": "Ändra"}


def new_ticket(page: Page) -> str:
    """Sends the form and is on the receipt; returns the reference."""
    page.goto("/help/account/login/note")
    page.locator("#email").fill("anna@example.org")
    page.locator("#message").fill("I cannot log in.")
    page.locator("#note button.main").click()
    reference = page.locator(".reference strong").inner_text()
    page.wait_for_load_state()  # the scripts run then
    return reference


def open_mailed(page: Page, reference: str) -> None:
    page.goto(f"/t/{reference}?key={mailed_key(SECRET, reference, 1)}")


@EACH_WAY
def test_the_conversation_by_each_key(open_page: OpenPage, engine: Engine, language: str, scripts: bool) -> None:
    page = open_page(language, scripts)
    reference = new_ticket(page)
    receipt = page.url
    deliver(engine, written(reference, message="Try *this*."), state(reference, "waiting"))
    open_mailed(page, reference)
    expect(page.locator("h1")).to_have_text(ANSWERED[language])
    expect(page.locator(".message")).to_have_count(2)
    expect(page.locator(".message.ours em")).to_have_text("this")
    expect(page.get_by_text("a•••@example.org").first).to_be_visible()
    page.goto(receipt)
    expect(page.locator("h1")).to_have_text(ANSWERED[language])
    expect(page.locator(".message")).to_have_count(1)
    page.locator("form[action$='/link'] button").click()
    expect(page.locator("#thread [role=status]")).to_be_visible()
    assert len(recorded(engine, "TicketLinksFound")) == 1


@EACH_WAY
def test_another_address(open_page: OpenPage, engine: Engine, language: str, scripts: bool) -> None:
    page = open_page(language, scripts)
    reference = new_ticket(page)
    page.get_by_text(CHANGE[language], exact=True).click()
    page.locator("#address #email").fill("nix")
    page.locator("#address button.main").click()
    expect(page.locator("#email-error")).to_be_visible()
    page.locator("#address #email").fill("bert@example.net")
    page.locator("#address button.main").click()
    expect(page.locator("#address > [role=status]")).to_contain_text("b•••@example.net")
    [(payload, _)] = recorded(engine, "AddressChangeRequested")
    token = confirmation_token(SECRET, reference, payload["change"])
    page.goto(f"/t/{reference}/address/{payload['change']}?token={token}")
    expect(page.locator(".lead")).to_contain_text("bert@example.net")
    page.locator("main button").click()
    expect(page.locator("#address")).to_contain_text("b•••@example.net")
    expect(page.locator("#address > [role=status]")).to_be_visible()


def test_news_come_by_themselves_and_leave_what_is_being_written(open_page: OpenPage, engine: Engine) -> None:
    page = open_page()
    page.clock.install()
    reference = new_ticket(page)
    open_mailed(page, reference)
    page.locator("#message").fill("Half a sent")
    deliver(engine, written(reference, message="Here you are."), state(reference, "waiting"))
    page.clock.fast_forward(21_000)
    expect(page.locator(".message.ours")).to_contain_text("Here you are.")
    expect(page.locator("h1")).to_have_text("We have answered you")
    expect(page.locator("#news")).to_have_text("There is something new on this page.")
    expect(page.locator("#message")).to_have_value("Half a sent")
    expect(page.locator("#message")).to_be_focused()
    # Moments are in the reader's own time zone after an update too.
    expect(page.locator("#thread time").last).not_to_contain_text("UTC")


def test_nothing_is_replaced_while_nothing_is_new(open_page: OpenPage, engine: Engine) -> None:
    page = open_page()
    page.clock.install()
    new_ticket(page)
    page.evaluate("document.querySelector('.message').dataset.mine = '1'")
    with page.expect_response(re.compile("/t/T-")):
        page.clock.fast_forward(21_000)
    page.wait_for_load_state("networkidle")
    expect(page.locator(".message[data-mine]")).to_have_count(1)
    expect(page.locator("#news")).to_have_text("")


def test_what_was_just_done_is_told_once(open_page: OpenPage, engine: Engine) -> None:
    page = open_page()
    new_ticket(page)
    page.locator("#message").fill("One thing more.")
    page.locator("#more button.main").click()
    expect(page.locator(".notice.good")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/t/T-[^?]+\?key=[a-z2-7]+$"))
    page.reload()
    expect(page.locator(".message")).to_have_count(2)
    expect(page.locator(".notice.good")).to_have_count(0)


def test_a_withdrawn_ticket_is_accessible(open_page: OpenPage, engine: Engine) -> None:
    page = open_page("sv", scheme="dark", width=390)
    new_ticket(page)
    page.locator(".take-back summary").click()
    page.locator(".take-back button").click()
    expect(page.locator(".message")).to_have_count(1)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("scripts", [True, False])
def test_the_refresh_link(open_page: OpenPage, engine: Engine, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    reference = new_ticket(page)
    open_mailed(page, reference)
    deliver(engine, written(reference))
    page.get_by_role("link", name="Refresh").click()
    expect(page.locator(".message")).to_have_count(2)


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_page_is_accessible_and_fits(open_page: OpenPage, engine: Engine, language: str) -> None:
    page = open_page(language)
    reference = new_ticket(page)
    receipt = page.url
    long = "https://example.org/" + "a" * 200
    message = f"# Steps\n\n1. Open {long}\n2. `code`\n\n> quoted\n\n```\n{'x' * 200}\n```"
    for kind in ("reply", "information_request", "disapproval", "resolution"):
        deliver(engine, written(reference, kind, message))
    deliver(engine, state(reference, "open", respond_by="2999-01-01T10:00:00+00:00"))
    for address in (f"/t/{reference}?key={mailed_key(SECRET, reference, 1)}", receipt):
        page.goto(address)
        if "key=" in address and address != receipt:
            page.get_by_text(CHANGE[language], exact=True).click()
        assert violations_in_both(page) + too_wide(page, (390, 1280)) == []
        assert page.evaluate(SMALL) == []
