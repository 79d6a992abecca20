"""Searching by keyboard: suggestions, an unknown key at the field, highlights, and a view beside the queues."""

import pytest
from playwright.sync_api import Page, expect

from services.triage.timers.fill_search import fill_search
from tests.browser.console.conftest import OpenSignedIn
from tests.browser.looks import too_wide, violations, violations_in_both
from tests.integration.triage.conftest import Triage


def _fill(triage: Triage) -> None:
    with triage.engine.begin() as connection:
        while fill_search(connection):
            pass


def test_a_search_is_suggested_found_and_kept_by_keyboard(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    triage.submit(subject="Lamps", message="My <b>lamp</b> is broken")
    resolved = triage.submit(subject="Other lamp")
    triage.rows("update triage.tickets set state = 'resolved' where reference = :r", r=resolved)
    _fill(triage)
    page = signed_in_page("Anna", "agent", "ads")
    page.keyboard.press("/")
    page.keyboard.type("lamp sta")
    options = page.locator(".search [role=option]")
    expect(options).to_have_count(1)
    expect(options).to_contain_text("state:")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#q")).to_have_attribute("aria-activedescendant", "suggestions-1-0")
    page.keyboard.press("Enter")
    expect(options).not_to_have_count(1)
    page.keyboard.type("o")
    expect(options).to_have_count(1)
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#q")).to_have_value("lamp state:open ")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    rows = page.locator("#rows .row")
    expect(rows).to_have_count(1)
    expect(rows.locator("mark").first).to_have_text("Lamps")
    assert violations(page) == []
    _keep(page, "Broken lamps")
    page.goto("/queues/ads")
    view = page.locator(".kept [data-view]")
    expect(view).to_contain_text("Broken lamps")
    expect(view.locator(".count")).to_have_text("1")
    assert violations(page) == []
    page.locator("h1").click()
    page.keyboard.press("v")
    page.wait_for_url("**/views")
    expect(page.locator(".view-list")).to_contain_text("lamp state:open")
    assert violations(page) == []
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_contain_text("Choose a suggestion")


def _keep(page: Page, name: str) -> None:
    page.get_by_text("Save as view").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Save the view").click()
    page.wait_for_url("**done=saved")
    expect(page.locator(".kept [aria-current]")).to_contain_text(name)


@pytest.mark.parametrize("scripts", [True, False])
def test_an_unknown_key_is_told_at_the_field(signed_in_page: OpenSignedIn, scripts: bool) -> None:
    page = signed_in_page("Anna", "agent", "ads", scripts=scripts)
    page.goto("/search")
    page.locator("#search-q").fill("colour:red")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#search-q-error")).to_contain_text("There is no key “colour:”")
    expect(page.locator("#search-q")).to_be_focused()
    if scripts:
        assert violations(page) == []


def test_escape_closes_the_suggestions_and_keeps_the_text(signed_in_page: OpenSignedIn) -> None:
    page = signed_in_page("Anna", "agent", "ads")
    page.goto("/search")
    page.locator("#search-q").press_sequentially("priority:")
    options = page.locator(".search-line [role=option]")
    expect(options).to_have_count(4)
    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    expect(page.locator("#search-q")).to_have_value("priority:")
    page.keyboard.type("h")
    options.first.click()
    expect(page.locator("#search-q")).to_have_value("priority:high ")


def test_the_pages_fit(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    triage.submit(message="My lamp")
    _fill(triage)
    page = signed_in_page("Anna", "admin")
    page.goto("/search?q=lamp")
    _keep(page, "Lamps of every team")
    for path in ("/search?q=lamp", "/search?q=colour:red", "/search", "/views", "/queues/ads"):
        page.goto(path)
        assert too_wide(page) + violations_in_both(page) == []
