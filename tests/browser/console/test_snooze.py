"""Snoozing by keyboard, and blocked senders: with and without scripts, at two widths, light and dark."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from shared.auth.blocked_senders import block_sender
from tests.browser.console.conftest import OpenSignedIn
from tests.browser.console.layout import wrong_at
from tests.browser.console.scenes import LONG, MAJA, claim
from tests.browser.looks import violations_in_both
from tests.integration.triage.conftest import Triage

SENDER = "spam@example.net"


def block(triage: Triage, sender: str, reason: str = "Spam") -> None:
    with triage.engine.begin() as connection:
        block_sender(connection, sender, reason, "Lea")


def test_a_ticket_is_snoozed_and_opened_by_keyboard(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    reference = triage.submit(subject="Later")
    page = signed_in_page("Anna", "agent", "ads")
    claim(page, reference)
    page.locator("h1").click()
    page.keyboard.press("h")
    expect(page.locator("#snooze-until")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Snooze").press("Enter")
    page.wait_for_url("**done=snoozed")
    expect(page.locator(".claim-bar")).to_contain_text("Snoozed by Anna until")
    assert triage.ticket(reference).snoozed_until.hour == 9, "tomorrow, where the team works"
    page.locator("h1").click()
    page.keyboard.press("a")
    page.wait_for_url("**done=unsnoozed")
    assert triage.ticket(reference).state == "open"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_date_and_time_is_chosen(triage: Triage, signed_in_page: OpenSignedIn, scripts: bool) -> None:
    reference = triage.submit()
    page = signed_in_page("Anna", "agent", "ads", scripts=scripts)
    page.goto(f"/tickets/{reference}?do=snooze")
    day = (datetime.now(UTC) + timedelta(days=9)).date()
    page.locator("#snooze-until-at").fill(f"{day}T13:45")
    page.get_by_role("button", name="Snooze").click()
    page.wait_for_url("**done=snoozed")
    page.goto("/queues/ads?state=snoozed")
    expect(page.locator("#rows .row")).to_contain_text("opens in")


def test_the_sheet_tells_the_keys(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    page = signed_in_page("Anna", "agent", "ads")
    page.keyboard.press("?")
    for words in ("Snooze", "Release", "Open a snoozed ticket now"):
        expect(page.locator("#shortcuts dd", has_text=words).first).to_be_visible()


def test_a_lead_blocks_with_spam_and_releases(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    reference = triage.submit(email=SENDER, subject="Cheap")
    page = signed_in_page("Lea", "lead", "ads")
    claim(page, reference)
    page.locator("h1").click()
    page.keyboard.press("s")
    page.locator("#resolve-outcome").select_option("spam")
    page.get_by_label("Block this sender").check()
    page.get_by_role("button", name="Resolve", exact=True).click()
    page.wait_for_url("**done=resolved")
    kept = triage.submit(email=SENDER, subject="Cheaper")
    page.goto("/queues/ads?state=blocked")
    expect(page.locator("#rows .row")).to_contain_text("Cheaper")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{kept}")
    page.keyboard.press("q")
    page.get_by_role("button", name="Release").press("Enter")
    page.wait_for_url("**done=unblocked")
    assert triage.ticket(kept).state == "open"


def test_no_text_is_cut_or_overlaps(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    page = signed_in_page("Lea", "lead", "ads", width=1280)
    snoozed, resolved = triage.submit(subject=LONG, **MAJA), triage.submit(email=SENDER)
    until = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    set_to = (
        "update triage.tickets set state = 'snoozed', snoozed_until = cast(:until as timestamptz) where reference = :r"
    )
    triage.rows(set_to, until=until, r=snoozed)
    claim(page, resolved)
    block(triage, SENDER)
    block(triage, f"{LONG[:60]}.example", LONG)
    blocked = triage.submit(email=SENDER, subject="Cheap")
    triage.follow_up(resolved, message="Buy this")
    found = []
    for address in (
        "/queues/ads?state=snoozed",
        "/queues/ads?state=blocked",
        "/blocked-senders",
        f"/tickets/{snoozed}",
        f"/tickets/{blocked}",
        f"/tickets/{resolved}?do=snooze",
        f"/tickets/{resolved}?do=resolve",
    ):
        page.goto(address)
        found += violations_in_both(page) + wrong_at(page)
    assert not found, "\n".join(found)
