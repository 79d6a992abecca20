"""What a machine can check of accessibility: axe on every page, reflow at 320 px, targets of 44 px."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.looks import SMALL, resize, too_wide, violations_in_both

PAGES = (
    "/help",
    "/help?q=magento",
    "/help?q=xyzzy",
    "/help/account/safe-mode",
    "/help/account/safe-mode?solved=1",
    "/help/account/content-removed/note",
    "/help/business/buyable-pins/note",
    "/help/ads/getting-started/note",
    "/t",
    "/t?asked=1",
    "/demo-links/reset_password",
    "/nowhere",
)
WIDTHS = (320, 768, 1600)
EACH_LANGUAGE = pytest.mark.parametrize("language", ["en", "sv"])


@EACH_LANGUAGE
def test_every_page_is_accessible_and_fits(open_page: OpenPage, language: str) -> None:
    page = open_page(language)
    found = []
    for address in PAGES:
        page.goto(address)
        found += violations_in_both(page) + too_wide(page, WIDTHS)
        found += [f"{address}: too small for a thumb: {one}" for one in _too_small(page)]
    assert found == []


def _too_small(page: Page) -> list[str]:
    found = []
    for width in (320, 1200):
        resize(page, width)
        found += page.evaluate(SMALL)
    return found


@EACH_LANGUAGE
def test_axe_finds_nothing_serious_from_mistakes_to_the_receipt(open_page: OpenPage, language: str) -> None:
    page = open_page(language)
    page.goto("/help/account/content-removed/note")
    page.locator("#email").fill("nix")
    page.locator("#note button.main").click()
    page.locator(".summary").wait_for()
    found = violations_in_both(page)
    page.locator("#email").fill("anna@example.org")
    page.locator("#message").fill("It was mine.")
    page.locator("#note button.main").click()
    page.locator(".steps").wait_for()
    found += violations_in_both(page)
    page.locator("summary.button").click()
    found += violations_in_both(page)
    page.locator("button.grave").click()
    page.locator(".notice").wait_for()
    assert found + violations_in_both(page) == []
