"""What a machine can check of accessibility: axe on every page, reflow at 320 px, targets of 44 px."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage

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
EACH_LOOK = pytest.mark.parametrize(
    ("language", "scheme"), [("en", "light"), ("sv", "light"), ("en", "dark"), ("sv", "dark")]
)


def violations(page: Page) -> list[str]:
    """What axe finds that is serious or worse."""
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url} {one['id']}: {one['nodes'][0]['html']}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@EACH_LOOK
def test_axe_finds_nothing_serious_on_any_page(open_page: OpenPage, language: str, scheme: str) -> None:
    page = open_page(language, scheme=scheme)
    found = []
    for address in PAGES:
        page.goto(address)
        found += violations(page)
    assert found == []


@EACH_LOOK
def test_axe_finds_nothing_serious_from_mistakes_to_the_receipt(
    open_page: OpenPage, language: str, scheme: str
) -> None:
    page = open_page(language, scheme=scheme)
    page.goto("/help/account/content-removed/note")
    page.locator("#email").fill("nix")
    page.locator("#note button.main").click()
    page.locator(".summary").wait_for()
    found = violations(page)
    page.locator("#email").fill("anna@example.org")
    page.locator("#message").fill("It was mine.")
    page.locator("#note button.main").click()
    page.locator(".steps").wait_for()
    found += violations(page)
    page.locator("summary.button").click()
    found += violations(page)
    page.locator("button.grave").click()
    page.locator(".notice").wait_for()
    assert found + violations(page) == []


@pytest.mark.parametrize("width", [320, 768, 1600])
def test_no_page_is_wider_than_the_screen(open_page: OpenPage, width: int) -> None:
    page = open_page("sv", width=width)
    for address in PAGES:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


TARGETS = (
    "main a, main button, main input:not([type=hidden]), main select, main textarea, main summary, header a, footer a"
)
# Links within sentences may be smaller (WCAG 2.5.8), and so may the box whose label is part of the target.
SMALL = f"""[...document.querySelectorAll('{TARGETS}')].filter(one => {{
  const box = one.closest('label')?.getBoundingClientRect() ?? one.getBoundingClientRect();
  const within = one.closest('p, li, .help') && getComputedStyle(one).display === 'inline';
  return one.checkVisibility() && !within && !one.closest('.skip, .honeypot, .unseen') && box.height > 0 && box.height < 43.9;
}}).map(one => one.outerHTML)"""


@pytest.mark.parametrize("width", [320, 1200])
def test_targets_are_large_enough_for_a_thumb(open_page: OpenPage, width: int) -> None:
    page = open_page(width=width)
    for address in PAGES:
        page.goto(address)
        assert page.evaluate(SMALL) == [], address
