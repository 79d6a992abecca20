"""A lead's morning: the overview, and reports by keyboard."""

import re

from playwright.sync_api import expect

from tests.browser.console.conftest import OpenSignedIn
from tests.integration.triage.conftest import Triage
from tests.integration.triage.reports.known_tickets import KnownTickets, fold_all


def test_from_the_overview_to_a_report_and_through_its_days_by_keyboard(
    triage: Triage, signed_in_page: OpenSignedIn
) -> None:
    KnownTickets(triage).write()
    fold_all(triage)
    page = signed_in_page("Lea", "lead", "ads")
    page.goto("/reports")
    page.get_by_role("link", name="Volume").last.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/volume?**")
    page.goto("/reports/volume?from=2026-11-05&to=2026-11-07")
    expect(page.get_by_role("heading", name="No figures")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press(",")
    expect(page).to_have_url(re.compile("from=2026-11-02&to=2026-11-04"))
    expect(page.get_by_role("row", name="All 6 0")).to_be_visible()
    expect(page.get_by_role("img", name="Volume by day: 2 Nov 4, 3 Nov 1, 4 Nov 1")).to_be_visible()
    page.get_by_text("By day", exact=True).click()
    expect(page.get_by_role("row", name="Mon 2 Nov 2026 4")).to_be_visible()
    page.keyboard.press(".")
    expect(page).to_have_url(re.compile("from=2026-11-05&to=2026-11-07"))
    page.wait_for_load_state()  # the scripts run then
    page.keyboard.press("?")
    expect(page.get_by_text("Earlier, later days")).to_be_visible()
