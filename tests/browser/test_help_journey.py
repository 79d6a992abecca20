"""Step 1: finding one's topic, and being helped by it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage


def test_typing_shows_what_the_server_finds(open_page: OpenPage) -> None:
    page = open_page("sv")
    for query in ("losenord", "LÖSENORD", "magento", "kvitto", "pins gone", "glömt pasword"):
        page.goto(f"/help?q={query}")
        by_server = page.locator("#found li a").all_inner_texts()
        assert by_server
        page.goto("/help")
        page.locator("#q").fill(query)
        expect(page.locator("#found li a")).to_have_text(by_server)
        expect(page.locator("#topics")).to_be_hidden()


def test_how_many_were_found_is_said(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/help")
    page.locator("#q").fill("magento")
    expect(page.get_by_role("status")).to_have_text("2 topics found")
    page.locator("#q").fill("xyzzy")
    expect(page.get_by_role("heading", name="No topic has these words")).to_be_visible()
    page.locator("#q").fill("")
    expect(page.locator("#topics")).to_be_visible()
    expect(page.get_by_role("status")).to_be_empty()
    expect(page.locator("#found")).to_be_hidden()


def test_a_search_that_gets_no_answer_is_left_to_the_page(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/help")
    page.route("**/help/found", lambda route: route.abort())
    page.locator("#q").fill("magento")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(r"/help\?q=magento$"))
    expect(page.get_by_role("status")).to_contain_text("2 topics found")


def test_the_search_works_without_scripts(open_page: OpenPage) -> None:
    page = open_page(scripts=False)
    page.goto("/help")
    page.locator("#q").fill("magento")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("status")).to_contain_text("2 topics found")
    page.get_by_role("link", name="Show all").click()
    expect(page).to_have_url(f"{page.url.split('/help')[0]}/help")


@pytest.mark.parametrize("scripts", [True, False])
def test_that_solved_it(open_page: OpenPage, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    page.goto("/help/account/login")
    page.get_by_role("button", name="That solved it").click()
    expect(page.get_by_role("heading", name="Good to hear!")).to_be_visible()


def test_the_language_can_be_switched_on_every_page_and_stays(open_page: OpenPage) -> None:
    page = open_page("en", scripts=False)
    page.goto("/help/account/login")
    page.get_by_role("link", name="Svenska").click()
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    page.get_by_role("link", name="Jag behöver fortfarande hjälp").click()
    expect(page.locator("html")).to_have_attribute("lang", "sv")


def test_a_topic_is_found_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/help")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("magento")
    expect(page.locator("#found li")).to_have_count(2)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Buyable Pins", level=1)).to_be_visible()
