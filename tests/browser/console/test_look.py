"""Automatic checks of every page: axe, reflow at 320 px, targets of 28 px, isolated text direction."""

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import Engine

from services.intake.deps import Deps
from services.intake.settings import IntakeSettings
from services.notify.settings import NotifySettings
from services.triage.timers.fill_search import fill_search
from shared.catalog.loader import load
from shared.http.authorisation import authorisation_of_routes
from shared.limits.limiter import Limiter
from shared.settings import read
from shared.storage.object_store import ObjectStore
from tests.browser.console.conftest import OpenSignedIn
from tests.browser.console.every_page import LONG, NO_PAGE, PAGES, addresses_of_every_page
from tests.browser.console.layout import BEYOND, SPILLS
from tests.browser.looks import resize, violations_in_both
from tests.integration.intake.inbound_mail.arriving import arrive, read_all
from tests.integration.notify.ledger import Ledger, submission
from tests.integration.triage.conftest import Triage
from tests.samples import mails

SMALL = """() => [...document.querySelectorAll("button, summary, nav a, input:not([type=hidden], [type=checkbox])")]
    .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 27.5 && !each.matches(".skip"))
    .map((each) => each.outerHTML.slice(0, 80))"""


@pytest.fixture
def ticket(triage: Triage) -> str:
    """A ticket with very long texts, and a likely duplicate of it."""
    given = {"email": f"{LONG[:60]}@{LONG[:60]}.example.com", "locale": "sv", "name": LONG[:90]}
    triage.submit("ads/disapproved", subject="A question", **given)
    reference = triage.submit(
        "ads/disapproved",
        subject=LONG,
        message=f"https://{LONG}.example",
        details={"ad_link": f"https://{LONG}.example"},
        **given,
    )
    triage.follow_up(reference, message=LONG)
    triage.rows("update triage.tickets set priority = 'high', tags = array[:tag, 'vip']", tag=LONG[:64])
    with triage.engine.begin() as connection:
        fill_search(connection)
    return reference


@pytest.fixture
def mail(engine: Engine, environment: dict[str, str]) -> str:
    """An inbound mail that may be a person's, with very long texts."""
    settings = read(IntakeSettings, environment)
    store = ObjectStore(settings)
    store.ensure_bucket()
    deps = Deps(settings, engine, store, load(), Limiter(settings.redis_url))
    content = mails.raw(f"{LONG} https://{LONG}.example", "text/plain", f"List-Id: <{LONG}.example.com>")
    name = arrive(deps, content, None, "unknown")
    read_all(deps)
    return name.removeprefix("mail/")


@pytest.fixture
def addresses(triage: Triage, ticket: str, mail: str, environment: dict[str, str]) -> list[str]:
    Ledger(triage.engine, read(NotifySettings, environment)).arrive(submission(f"{LONG[:60]}@example.com"))
    return addresses_of_every_page(triage, ticket, mail)


def test_every_page_is_accessible_and_fits(signed_in_page: OpenSignedIn, addresses: list[str]) -> None:
    page = signed_in_page("Ada", "admin", width=1280)
    found = []
    for address in addresses:
        page.goto(address)
        found += [f"{address} changes the direction: {each}" for each in page.evaluate(SPILLS)]
        found += violations_in_both(page) + _beyond(page)
    assert not found, "\n".join(found)


def _beyond(page: Page) -> list[str]:
    found = []
    for width in (320, 768, 1920, 1280):
        resize(page, width)
        found += [f"{page.url} beyond the edge at {width}: {each}" for each in page.evaluate(BEYOND)]
    return found


def test_every_page_is_in_the_list(console: Flask) -> None:
    routes = {route.removeprefix("GET ") for route in authorisation_of_routes(console) if route.startswith("GET ")}
    assert {route for route in routes if not any(part in route for part in NO_PAGE)} == set(PAGES)


def test_panels_and_dialogs_are_accessible_and_fit(signed_in_page: OpenSignedIn, ticket: str) -> None:
    page = signed_in_page("Ada", "admin", width=1280)
    page.goto(f"/tickets/{ticket}")
    page.get_by_role("button", name="Claim it").click()
    page.wait_for_url("**done=claimed")
    found = []
    for panel in ("reply", "evidence", "disapprove", "transfer", "resolve", "note", "change"):
        page.goto(f"/tickets/{ticket}?do={panel}")
        found += violations_in_both(page) + _beyond(page)
    page.keyboard.press("?")
    found += violations_in_both(page)
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    found += violations_in_both(page)
    page.locator(".person summary").click()
    found += violations_in_both(page)
    page.get_by_role("button", name="Sign out").click()
    page.locator("#email").fill("nobody@example.org")
    page.locator("#password").fill("wrong password")
    page.get_by_role("button", name="Sign in").click()
    page.locator(".alert").wait_for()
    assert found + violations_in_both(page) == []


def test_targets_are_large_enough(signed_in_page: OpenSignedIn, ticket: str) -> None:
    page = signed_in_page("Ada", "admin")
    small = []
    for address in ("/queues/ads", "/people", "/setting-up", "/password", f"/tickets/{ticket}"):
        page.goto(address)
        small += page.evaluate(SMALL)
    assert small == []


@pytest.mark.parametrize("width", [360, 1000, 1440])
def test_every_link_of_the_top_bar_can_be_reached(signed_in_page: OpenSignedIn, width: int) -> None:
    page = signed_in_page("Ada", "admin")
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
