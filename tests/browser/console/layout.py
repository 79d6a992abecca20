"""What is wrong with the layout of a console's page: text that is cut, overlaps, reaches beyond the edge or spills its direction."""

from collections.abc import Sequence

from playwright.sync_api import Page

from tests.browser.looks import WIDTHS, resize

# The outermost elements that reach beyond the page and cannot be scrolled to.
BEYOND = """() => {
    const holds = (each) => ["auto", "scroll", "clip", "hidden"].includes(getComputedStyle(each).overflowX);
    const held = (each) => each && (holds(each) || held(each.parentElement));
    const out = (each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1;
    const wrong = (each) => out(each) && each.checkVisibility() && !each.matches(".unseen, .skip") && !held(each.parentElement);
    return [...document.querySelectorAll("body *")]
        .filter((each) => wrong(each) && !wrong(each.parentElement)).map((each) => each.outerHTML.slice(0, 70));
}"""


# Inline elements without bidi isolation: a direction override (U+202E) in them would change the text that follows.
SPILLS = """() => [...document.querySelectorAll("body :is(a, b, strong, span, code, td, dd, em, i, small, time, label)")]
    .filter((each) => getComputedStyle(each).unicodeBidi === "normal" && getComputedStyle(each).display.startsWith("inline"))
    .map((each) => each.outerHTML.slice(0, 70))"""

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
    """What is wrong at the width that the page has."""
    sideways = [f"{page.url} scrolls sideways"] if page.evaluate(SIDEWAYS) else []
    beyond = [f"{page.url} beyond the edge: {each}" for each in page.evaluate(BEYOND)]
    cut = [f"{page.url} cut: {each}" for each in page.evaluate(CUT)]
    return sideways + beyond + cut + [f"{page.url} overlap: {each}" for each in page.evaluate(OVERLAPS)]


def wrong_at(page: Page, widths: Sequence[int] = WIDTHS) -> list[str]:
    """What is wrong at each of the widths; leaves the page at the first."""
    found = []
    for width in widths:
        resize(page, width)
        found += [f"{width}: {one}" for one in wrong_on(page)]
    resize(page, widths[0])
    return found
