"""An admin corrects a misroute: report, draft, replay, activation, and rolling back."""

import re
from uuid import UUID

from playwright.sync_api import Page, expect

from services.triage.replays.replay_chunk import replay_chunk
from tests.browser.console.conftest import OpenSignedIn
from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.rules.test_pages import misrouted


def run_replay(triage: Triage, page: Page) -> None:
    """Run the replay as the worker does."""
    page.wait_for_url("**/replays/*")
    step: int | None = 0
    while step is not None:
        step = replay_chunk(triage.engine, triage.rulesets, UUID(page.url.rpartition("/")[2]), step)
    expect(page.locator(".replay-progress")).to_contain_text("done")


def correct_misroute(triage: Triage, page: Page) -> None:
    page.get_by_role("link", name="Reports").click()
    page.get_by_role("link", name="Misroutes").click()
    row = page.get_by_role("row").filter(has_text="ads/metrics")
    expect(row).to_contain_text("25 of 65")
    row.get_by_role("link", name="Draft a rule").click()
    expect(page.locator("#text")).to_have_value(re.compile("ads-metrics-to-billing"))
    page.get_by_role("button", name="Save and replay 30 days").click()
    run_replay(triage, page)
    expect(page.locator(".matrix .w5")).to_have_text("25")
    expect(page.locator(".grid")).to_contain_text("ads-metrics-to-billing")
    page.get_by_label("Reason").fill("Invoices were transferred every day")
    page.get_by_role("button", name="Activate ruleset 2").click()
    expect(page.locator("main")).to_contain_text("This ruleset is now active.")
    assert triage.ticket(triage.submit("ads/metrics", message="Another invoice")).team == "billing"
    page.goto("/rules/1")
    page.get_by_label("Reason").fill("It matched too many")
    page.get_by_role("button", name="Roll back to this one").click()
    expect(page.locator("main")).to_contain_text("This ruleset is now active.")
    assert triage.ticket(triage.submit("ads/metrics", message="Another invoice")).team == "ads"
    page.goto("/rules")
    expect(page.locator(".history")).to_contain_text("It matched too many")


def test_a_misroute_is_corrected_and_rolled_back(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    misrouted(triage)
    correct_misroute(triage, signed_in_page("Ada", "admin"))


def test_a_misroute_is_corrected_without_scripts(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    misrouted(triage)
    correct_misroute(triage, signed_in_page("Ada", "admin", scripts=False))


def test_lint_marks_lines_while_typing(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    page = signed_in_page("Ada", "admin")
    page.goto("/rules/new")
    text = page.locator("#text").input_value()
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "team: billing" in one)
    page.locator("#text").fill(text.replace("team: billing", "team: nobody"))
    expect(page.locator("#findings .error").first).to_contain_text(f"line {line}")
    expect(page.locator(".gutter .error").first).to_have_text(f"●{line}\n")
    page.locator("#text").fill(text)
    expect(page.locator("#findings .error")).to_have_count(0)
