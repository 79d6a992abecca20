"""With scripts, messages go as their fields are corrected and come as they are left; the server decides what is accepted."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looks import violations
from tests.browser.test_likely_address import EACH_LOOK

WORDS = {
    "en": ("Enter an e-mail address such as name@example.com.", "1 problem left.", "No problems left."),
    "sv": ("Ange en e-postadress, till exempel namn@example.com.", "1 sak kvar att rätta.", "Allt är rättat."),
}


def failed(page: Page) -> None:
    page.goto("/help/account/login/note")
    page.locator("#email").fill("nix")
    page.locator("#note button.main").click()
    expect(page.locator(".summary")).to_be_focused()


def rows(page: Page) -> list[str]:
    return page.locator(".summary li").all_inner_texts()


@EACH_LOOK
def test_messages_go_as_they_are_corrected(open_page: OpenPage, language: str, scheme: str, width: int) -> None:
    page = open_page(language, scheme=scheme, width=width)
    failed(page)
    wrong, one_left, none_left = WORDS[language]
    assert rows(page)[0] == wrong
    assert len(rows(page)) == 2
    page.locator("#message").fill("It is gone.")
    expect(page.locator(".summary li")).to_have_text([wrong])
    expect(page.locator("#message-error")).to_have_count(0)
    expect(page.locator("#message")).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("body > p[role=status]")).to_have_text(one_left)
    expect(page.locator("#message")).to_be_focused()
    assert violations(page) == []
    page.locator("#email").fill("anna@example.org")
    expect(page.locator(".summary")).to_be_hidden()
    expect(page.locator("body > p[role=status]")).to_have_text(none_left)
    expect(page.locator("#email")).to_be_focused()
    expect(page).not_to_have_title(re.compile("^(Error|Fel)"))
    assert violations(page) == []
    page.locator("#note button.main").click()
    expect(page.locator(".reference")).to_be_visible()


@EACH_LOOK
def test_new_ones_join_in_the_order_of_the_form(open_page: OpenPage, language: str, scheme: str, width: int) -> None:
    page = open_page(language, scheme=scheme, width=width)
    failed(page)
    page.locator("#name").fill("x" * 101)
    page.locator("#name").press("Tab")
    expect(page.locator(".summary li a")).to_have_count(3)
    assert [link.get_attribute("href") for link in page.locator(".summary a").all()] == ["#email", "#name", "#message"]
    expect(page.locator("#name-error")).to_contain_text("100")
    expect(page.locator("#subject")).to_be_focused()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator('.summary a[href="#name"]').click()
    expect(page.locator("#name")).to_be_focused()
    page.locator("#email").fill("anna@example.org")
    page.locator("#message").fill("It is gone.")
    page.locator("#name").fill("Anna")
    expect(page.locator(".summary")).to_be_hidden()
    page.locator("#message").fill("")
    page.locator("#message").press("Tab")
    expect(page.locator(".summary li")).to_have_count(1)


def test_what_the_server_refused_stays_until_it_is_changed(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/help/account/login/note")
    page.locator("#message").fill("It is gone.")
    page.locator("#email").evaluate("(field) => { field.value = 'åsa@example.org'; }")
    page.locator("#note button.main").click()
    expect(page.locator("#email-error")).to_contain_text("Our mail cannot reach")
    page.locator("#email").press("End")
    page.locator("#email").press("x")
    expect(page.locator("#email-error")).to_have_count(0)
    page.locator("#email").press("Backspace")
    page.locator("#email").press("Tab")
    expect(page.locator("#email-error")).to_contain_text("Our mail cannot reach")
    expect(page.locator(".summary li")).to_have_count(1)


def test_before_the_first_try_only_what_is_wrong_is_told(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/help/account/login/note")
    page.locator("#email").focus()
    page.keyboard.press("Tab")
    expect(page.locator(".error")).to_have_count(0)
    page.locator("#email").fill("nix")
    expect(page.locator(".error")).to_have_count(0)
    page.locator("#email").press("Tab")
    expect(page.locator("#email-error")).to_have_text("Error: " + WORDS["en"][0])
    expect(page.locator("#email")).to_have_attribute("aria-describedby", "email-hint email-error")
    expect(page.locator(".summary")).to_have_count(0)
    page.locator("#email").fill("nix@example.org")
    expect(page.locator(".error")).to_have_count(0)


@pytest.mark.parametrize("answer", ["message", "file"])
def test_an_error_about_the_form_goes_with_whatever_is_filled_in(open_page: OpenPage, answer: str) -> None:
    page = open_page()
    page.goto("/help/account/login/note")
    page.locator("#email").fill("anna@example.org")
    page.locator("#message").fill("It is gone.")
    page.locator("#note button.main").click()
    page.locator("#more button.main").click()
    expect(page.locator(".summary")).to_contain_text("Write a message, choose a file")
    if answer == "message":
        page.locator("#message").fill("More.")
    else:
        page.locator("#attachment").set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    expect(page.locator(".summary")).to_be_hidden()
    expect(page.locator("#message-error")).to_have_count(0)
