"""Merging, separating and linking tickets by keyboard; their pages at two widths, light and dark."""

from playwright.sync_api import Page, expect

from services.triage.timers.fill_search import fill_search
from tests.browser.console.conftest import OpenSignedIn
from tests.browser.console.layout import wrong_at
from tests.browser.looks import violations_in_both
from tests.integration.triage.conftest import Triage


def two(triage: Triage) -> tuple[str, str]:
    """The older and the newer ticket of one requester."""
    older = triage.submit(subject="My ad is gone", message="It was here yesterday.", name="Maja")
    newer = triage.submit(subject="Still gone", message="It is still not here.", name="Maja")
    with triage.engine.begin() as connection:
        fill_search(connection)
    return older, newer


def merge_by_keyboard(page: Page, newer: str, older: str) -> None:
    page.goto(f"/tickets/{newer}")
    page.locator("h1").click()
    page.keyboard.press("=")
    panel = page.locator('form[data-panel="merge"]')
    expect(panel).to_be_visible()
    page.locator("#merge-into").fill(older)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{older}?done=merged")


def test_by_keyboard_and_back(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    older, newer = two(triage)
    page = signed_in_page("Anna", "agent", "ads")
    merge_by_keyboard(page, newer, older)
    expect(page.get_by_text("The tickets are merged.")).to_be_visible()
    messages = page.locator(".thread .message")
    expect(messages).to_have_count(2)
    expect(messages.nth(1)).to_contain_text("It is still not here.")
    messages.nth(1).get_by_role("link", name=newer).click()
    expect(page.locator(".merge-bar")).to_contain_text(f"Merged into {older}")
    page.get_by_role("button", name="Unmerge").press("Enter")
    page.wait_for_url(f"**/tickets/{newer}?done=unmerged")
    expect(page.locator(".merge-bar")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_contain_text("Merge")


def test_likely_the_same_fills_in_the_reference(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    older, newer = two(triage)
    page = signed_in_page("Anna", "agent", "ads")
    page.goto(f"/tickets/{newer}")
    page.get_by_role("link", name=f"Merge this ticket into {older}").click()
    expect(page.locator("#merge-into")).to_have_value(older)
    page.locator('form[data-panel="merge"]').get_by_role("button", name="Merge").click()
    page.wait_for_url(f"**/tickets/{older}?done=merged")


def test_selected_tickets_are_shown_and_merged(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    older, newer = two(triage)
    page = signed_in_page("Anna", "agent", "ads")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    page.locator("#bulk").get_by_role("button", name="Merge").press("Enter")
    expect(page.locator("h1")).to_have_text("Merge 2 tickets")
    expect(page.locator(".merged-list li")).to_contain_text(newer)
    assert violations_in_both(page) + wrong_at(page) == []
    page.get_by_role("button", name="Merge 2 tickets").press("Enter")
    page.wait_for_url(f"**/tickets/{older}?done=merged")


def test_what_is_sent_to_the_merged_ticket_is_news(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    older, newer = two(triage)
    page = signed_in_page("Anna", "agent", "ads")
    merge_by_keyboard(page, newer, older)
    line = page.locator("[data-line]").get_attribute("data-line")
    triage.follow_up(newer, message="And now?")
    told = page.request.get(f"/tickets/{older}/news").json()
    assert told["line"] > int(line or 0)


def test_the_pages_are_readable(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    older, newer = two(triage)
    third = triage.submit(email="bo@example.org")
    page = signed_in_page("Anna", "agent", "ads", width=1280)
    for step, address in enumerate((f"/tickets/{newer}?do=merge", f"/tickets/{older}", f"/tickets/{newer}")):
        if step == 1:
            merge_by_keyboard(page, newer, older)
            page.goto(address)
            page.get_by_text("Link a related ticket").click()
            page.locator("#link-to").fill(third)
            page.keyboard.press("Enter")
            page.wait_for_url("**done=related")
        page.goto(address)
        assert violations_in_both(page) + wrong_at(page) == []
