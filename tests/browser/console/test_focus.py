"""Where the focus is after a page or dialog opens."""

import pytest
from playwright.sync_api import expect

from tests.browser.console.conftest import OpenSignedIn
from tests.browser.console.scenes import claim
from tests.integration.triage.conftest import Triage


def test_the_sheet_of_shortcuts_opens_at_its_top(signed_in_page: OpenSignedIn) -> None:
    page = signed_in_page("Anna", "agent", "ads")
    page.set_viewport_size({"width": 1280, "height": 480})
    page.keyboard.press("?")
    sheet = page.locator("#shortcuts")
    expect(sheet.get_by_role("heading", name="Keyboard shortcuts")).to_be_focused()
    assert sheet.evaluate("(each) => each.scrollHeight > each.clientHeight && each.scrollTop === 0")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_refused_form_has_the_focus_where_it_is_wrong(
    triage: Triage, signed_in_page: OpenSignedIn, scripts: bool
) -> None:
    page = signed_in_page("Anna", "agent", "ads", scripts=scripts)
    reference = triage.submit("ads/disapproved")
    claim(page, reference)
    page.goto(f"/tickets/{reference}?do=disapprove")
    page.get_by_role("button", name="Disapprove and send").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick at least one reason.")
    expect(page.locator("[name=reasons]").first).to_be_focused()
    expect(page.locator("[name=reasons]").first).to_have_accessible_description("Tick at least one reason.")
    page.keyboard.press("x")
    expect(page.locator("#disapprove-message")).to_have_value("")


def test_what_is_wrong_with_no_field_is_told_at_the_focus(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    page = signed_in_page("Anna", "agent", "ads")
    reference = triage.submit("ads/metrics")
    claim(page, reference)
    page.locator("#reply-message").fill("Hello")
    triage.rows("update triage.tickets set version = version + 1 where reference = :r", r=reference)
    page.get_by_role("button", name="Send and wait").click()
    expect(page.locator(".alert:focus")).to_have_count(1)
