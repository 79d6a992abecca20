"""Nothing of the console's lists and tickets is cut, overlaps or scrolls sideways, at three widths, light and dark."""

import pytest
from playwright.sync_api import Page
from sqlalchemy import Engine

from services.triage.timers.fill_search import fill_search
from tests.browser.console.conftest import OpenSignedIn
from tests.browser.console.scenes import claim, submit_many
from tests.browser.console.test_look import BEYOND, violations
from tests.integration.triage.conftest import Triage

# These end with an ellipsis by design.
CUT_BY_DESIGN = (
    ".row-snippet, .row-person, .row-words, .row-subject .tag, .row-category, "
    ".unseen, .unseen *, .skip, textarea, input, select, iframe"
)

SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

# Elements that hide a part of their own text.
CUT = f"""() => [...document.querySelectorAll("body *")]
    .filter((each) => each.checkVisibility() && !each.matches("{CUT_BY_DESIGN}") && each.textContent.trim())
    .filter((each) => ["hidden", "clip"].includes(getComputedStyle(each).overflowX))
    .filter((each) => each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1)
    .map((each) => each.outerHTML.slice(0, 90))"""

# Pairs of texts that lie on each other, each as far as it is visible.
OVERLAPS = """() => {
    const clips = (each) => ["hidden", "clip", "auto", "scroll"].includes(getComputedStyle(each).overflowX);
    const visible = (box, each) => {
        for (let up = each; up && up !== document.body; up = up.parentElement) {
            if (!clips(up)) continue;
            const within = up.getBoundingClientRect();
            box = { left: Math.max(box.left, within.left), right: Math.min(box.right, within.right),
                    top: Math.max(box.top, within.top), bottom: Math.min(box.bottom, within.bottom) };
        }
        return box;
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
        const node = walker.currentNode, parent = node.parentElement;
        if (!node.data.trim() || !parent.checkVisibility() || parent.closest(".unseen, .skip, .ghost, datalist, option")) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const each of range.getClientRects()) {
            const box = visible(each, parent);
            if (box.right - box.left > 2 && box.bottom - box.top > 2) found.push({ node, box, words: node.data.trim().slice(0, 40) });
        }
    }
    // Lines of text may touch; three pixels are more than that.
    const meet = (one, other) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > 3
        && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 5;
    return found.flatMap((one, at) => found.slice(at + 1)
        .filter((other) => other.node !== one.node && meet(one.box, other.box)).map((other) => `${one.words} / ${other.words}`));
}"""


def wrong_on(page: Page) -> list[str]:
    sideways = [f"{page.url} scrolls sideways"] if page.evaluate(SIDEWAYS) else []
    beyond = [f"{page.url} beyond the edge: {each}" for each in page.evaluate(BEYOND)]
    cut = [f"{page.url} cut: {each}" for each in page.evaluate(CUT)]
    return sideways + beyond + cut + [f"{page.url} overlap: {each}" for each in page.evaluate(OVERLAPS)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 1024, 390])
def test_no_text_is_cut_or_overlaps(
    triage: Triage, signed_in_page: OpenSignedIn, engine: Engine, width: int, scheme: str
) -> None:
    page = signed_in_page("Anna", "agent", "ads", "billing", width=width, scheme=scheme)
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
        found += wrong_on(page)
        # Colours are the same at every width.
        found += violations(page) if width == 1280 else []
    page.goto("/yours")
    page.get_by_text("Reassign them").click()
    found += wrong_on(page)
    # The menu lies over the page.
    page.locator(".person summary").click()
    found += page.evaluate(BEYOND) + page.evaluate(CUT)
    assert not found, "\n".join(found)
