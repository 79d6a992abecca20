"""Topics that may help, offered while a message is written."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looks import SMALL, resize, violations_in_both

FORM = "/help/account/other/note"
WORDS = "I forgot my password and cannot log in"


def offered(page: Page) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(".suggestions li a").all_inner_texts()]


def write(page: Page, text: str = WORDS, field: str = "#message") -> None:
    """Write into a field, and wait for topics."""
    page.locator(field).click()
    page.keyboard.type(text)
    expect(page.locator(".suggestions summary")).to_be_visible()


@pytest.mark.parametrize("field", ["#message", "#subject"])
def test_writing_offers_at_most_three_topics_politely(open_page: OpenPage, field: str) -> None:
    page = open_page()
    page.goto(FORM)
    expect(page.locator(".suggestions summary")).to_be_hidden()
    write(page, field=field)
    links = page.locator(".suggestions li a")
    assert 1 <= links.count() <= 3
    assert {"/help/account/password", "/help/account/login"} <= {link.get_attribute("href") for link in links.all()}
    assert all(link.get_attribute("target") == "_blank" for link in links.all())
    expect(page.locator(".suggestions [aria-live=polite]")).to_have_text(f"{links.count()} topics may help")
    expect(page.locator(field)).to_be_focused()
    expect(page.locator(field)).to_have_value(WORDS)
    page.locator(field).fill("")
    expect(page.locator(".suggestions summary")).to_be_hidden()


def test_the_topic_of_the_form_is_not_offered(open_page: OpenPage) -> None:
    page = open_page("sv")
    page.goto("/help/account/login/note")
    write(page, "Jag har glömt mitt lösenord och kan inte logga in")
    assert "Jag kan inte logga in" not in " ".join(offered(page))
    assert "Jag kan inte återställa mitt lösenord (öppnas i en ny flik)" in offered(page)


def test_a_topic_opens_beside_the_form_which_keeps_its_words(open_page: OpenPage) -> None:
    page = open_page()
    page.goto(FORM)
    write(page)
    with page.expect_popup() as opened:
        page.locator(".suggestions li a").first.click()
    expect(opened.value.locator("article.help")).to_be_visible()
    expect(page.locator("#message")).to_have_value(WORDS)


def test_a_few_words_are_asked_about_once_and_only_their_beginning_is_sent(open_page: OpenPage) -> None:
    page = open_page()
    sent: list[str] = []
    page.on(
        "request", lambda one: sent.append(f"{one.method} {one.url} {one.post_data}") if one.method == "POST" else None
    )
    page.goto(FORM)
    page.locator("#email").fill("anna@example.org")
    long_text = f"receipt for March {'and more ' * 60}the end"
    receipt = page.locator(".suggestions a[href$='billing/receipt']")
    page.locator("#message").fill("receipt")
    page.locator("#message").fill(long_text)
    expect(receipt).to_have_count(1)
    page.locator("#message").fill("locked out again")
    expect(page.locator(".suggestions a[href$='account/login']")).to_have_count(1)
    page.locator("#message").fill(f"{long_text} and so on")
    expect(receipt).to_have_count(1)
    assert len(sent) == 2
    assert all(re.match(r"POST \S+/help/suggestions words=", one) for one in sent)
    assert not any("anna" in one or "the+end" in one for one in sent)


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_when_topics_come(open_page: OpenPage, width: int) -> None:
    page = open_page(width=width)
    page.goto(FORM)
    tops = "[...document.querySelectorAll('#note .question, #note .send')].map(one => one.getBoundingClientRect().top + scrollY)"
    before = page.evaluate(tops)
    write(page)
    assert page.evaluate(tops) == before
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # Beside the form the list is open; in a narrow window it is one line, which the reader opens.
    expect(page.locator(".suggestions ul")).to_be_visible(visible=width > 1056)
    if width < 1056:
        page.locator(".suggestions summary").click()
        expect(page.locator(".suggestions ul")).to_be_visible()
    assert page.evaluate(SMALL) == []


@pytest.mark.parametrize("language", ["en", "sv"])
def test_axe_finds_nothing_serious(open_page: OpenPage, language: str) -> None:
    page = open_page(language)
    page.goto(FORM)
    write(page, "glömt lösenord, forgot password")
    found = []
    for width in (1280, 390):
        resize(page, width)
        found += violations_in_both(page)
        page.locator(".suggestions summary").click()
        found += violations_in_both(page)
    assert found == []


def test_no_answer_changes_nothing(open_page: OpenPage) -> None:
    page = open_page()
    page.goto(FORM)
    page.route("**/help/suggestions", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.locator("#message").fill(WORDS)
    expect(page.locator(".suggestions summary")).to_be_hidden()
    expect(page.locator("#message")).to_have_value(WORDS)


def test_without_scripts_the_form_is_as_it_was(open_page: OpenPage) -> None:
    page = open_page(scripts=False)
    page.goto(FORM)
    expect(page.locator(".suggestions")).to_be_hidden()
