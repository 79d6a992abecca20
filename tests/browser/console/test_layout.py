"""Nothing of the console's lists and tickets is cut, overlaps or scrolls sideways, at three widths, light and dark."""

from sqlalchemy import Engine

from services.triage.timers.fill_search import fill_search
from tests.browser.console.conftest import OpenSignedIn
from tests.browser.console.layout import BEYOND, CUT, wrong_at
from tests.browser.console.scenes import claim, submit_many
from tests.browser.looks import resize, violations_in_both
from tests.integration.triage.conftest import Triage

WIDTHS = (1280, 1024, 390)


def test_no_text_is_cut_or_overlaps(triage: Triage, signed_in_page: OpenSignedIn, engine: Engine) -> None:
    page = signed_in_page("Anna", "agent", "ads", "billing", width=1280)
    made = submit_many(triage, "anna@example.org")
    with engine.begin() as connection:
        fill_search(connection)
    claimed = triage.submit("ads/disapproved", subject="Claimed by me", name="Ludo")
    claim(page, claimed)
    panels = [f"/tickets/{claimed}?do={name}" for name in ("disapprove", "transfer", "resolve", "note", "change")]
    states = [f"/queues/ads?state={state}" for state in ("claimed", "waiting", "held", "resolved")]
    tickets = [f"/tickets/{reference}" for reference in (*made.values(), claimed)]
    found = []
    for address in ("/queues/ads", *states, "/yours", "/search?q=ad", *tickets, *panels):
        page.goto(address)
        found += violations_in_both(page) + wrong_at(page, WIDTHS)
    page.goto("/yours")
    page.get_by_text("Reassign them").click()
    found += wrong_at(page, WIDTHS)
    # The menu lies over the page.
    page.locator(".person summary").click()
    for width in WIDTHS:
        resize(page, width)
        found += page.evaluate(BEYOND) + page.evaluate(CUT)
    assert not found, "\n".join(found)
