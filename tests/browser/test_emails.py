"""Every kind of e-mail as a mail program with light or dark colours shows it: axe finds nothing, and a phone needs no scrolling."""

import pytest

from services.notify.compose.kinds.registry import KINDS
from services.notify.compose.kinds.samples import samples
from services.notify.compose.render import compose
from shared.catalog import load
from tests.browser.conftest import OpenPage
from tests.browser.looks import too_wide, violations_in_both

CATALOG = load()
WRITTEN = "**Bold** and `code`\n\n> a quotation\n\n1. [a link](https://example.com/a)\n\n```\n" + "x" * 200 + "\n```"


@pytest.mark.parametrize("language", ["en", "sv"])
def test_axe_finds_nothing_serious_in_any_email(open_page: OpenPage, language: str) -> None:
    page = open_page(language)
    found = []
    for kind in KINDS.values():
        for facts in samples(kind, CATALOG, language, "https://help.example.com"):
            written = {"message": WRITTEN} if facts.get("message") else {}
            page.set_content(compose(kind, language, {**facts, **written}).html)
            found += [f"{kind.name}: {one}" for one in violations_in_both(page) + too_wide(page)]
    assert found == []


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(15, 20, 25)")])
def test_colours_follow_the_readers_scheme(open_page: OpenPage, scheme: str, ground: str) -> None:
    page = open_page("en", scheme=scheme)
    kind = KINDS["reply"]
    page.set_content(compose(kind, "en", next(samples(kind, CATALOG, "en", "https://help.example.com"))).html)
    shown = page.locator(".email").evaluate("element => getComputedStyle(element).backgroundColor")
    assert shown == ground
    button = page.get_by_role("link", name="Read and answer on your page")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
