"""What a machine can tell of the look: axe on every page, reflow at 320 px, targets of 28 px."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.console.conftest import Desk
from tests.integration.triage.conftest import Triage

PAGES = (
    "/queues/ads",
    "/queues/billing",
    "/queues/ads?state=resolved",
    "/search?q=question",
    "/search",
    "/events",
    "/people",
    "/setting-up",
    "/rules",
    "/rules/1",
    "/rules/new",
    "/reports",
    "/queues/ads/webhooks",
    "/reports/misroutes",
    "/nowhere",
)

SMALL = """() => [...document.querySelectorAll("button, summary, nav a, input:not([type=hidden], [type=checkbox])")]
    .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 27.5 && !each.matches(".skip"))
    .map((each) => each.outerHTML.slice(0, 80))"""


def faults(page: Page) -> list[str]:
    """What axe finds that is serious or worse."""
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url} {one['id']}: {one['nodes'][0]['html']}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.fixture
def claimed(triage: Triage) -> str:
    triage.submit(subject="A question", priority="high")
    return triage.submit(
        "ads/disapproved", subject="Second question", locale="sv", details={"ad_link": "https://pinly.example/1"}
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(triage: Triage, desk: Desk, claimed: str, scheme: str) -> None:
    page = desk("Ada", "admin", scheme=scheme)
    found = []
    for address in PAGES:
        page.goto(address)
        found += faults(page)
    page.goto(f"/tickets/{claimed}")
    found += faults(page)
    page.get_by_role("button", name="Claim it").click()
    for panel in ("reply", "disapprove", "transfer", "resolve", "note", "change"):
        page.goto(f"/tickets/{claimed}?do={panel}")
        found += faults(page)
    page.keyboard.press("?")
    found += faults(page)
    page.keyboard.press("Escape")
    page.locator(".person summary").click()
    found += faults(page)
    page.get_by_role("button", name="Sign out").click()
    page.locator("#email").fill("nobody@example.org")
    page.locator("#password").fill("wrong password")
    page.get_by_role("button", name="Sign in").click()
    page.locator(".fault").wait_for()
    assert found + faults(page) == []


@pytest.mark.parametrize("width", [320, 768, 1920])
def test_no_page_scrolls_sideways(desk: Desk, claimed: str, width: int) -> None:
    page = desk("Ada", "admin", width=width)
    wide = []
    for address in (*PAGES, f"/tickets/{claimed}"):
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(address)
    assert wide == []


def test_targets_are_large_enough(desk: Desk, claimed: str) -> None:
    page = desk("Ada", "admin")
    small = []
    for address in ("/queues/ads", "/people", f"/tickets/{claimed}"):
        page.goto(address)
        small += page.evaluate(SMALL)
    assert small == []


@pytest.mark.parametrize("width", [360, 1000, 1440])
def test_every_page_is_in_sight_in_the_bar(desk: Desk, width: int) -> None:
    page = desk("Ada", "admin")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/rules")
    last = page.locator("nav.tabs a").last
    last.scroll_into_view_if_needed()
    box = last.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width
    if width >= 1000:
        assert page.evaluate(
            "(() => { const n = document.querySelector('nav.tabs'); return n.scrollWidth <= n.clientWidth })()"
        )
