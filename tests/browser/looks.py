"""What a machine can check of a page as it stands: axe in both colour schemes, and whether it fits at a width.

Loading a page costs more than looking at it: load it once, and look at it in every way.
"""

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (1280, 390)
EVERY_RULE: dict[str, Any] = {"resultTypes": ["violations"]}
RULES_OF_COLOURS: dict[str, Any] = {
    **EVERY_RULE,
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}

TARGETS = (
    "main a, main button, main input:not([type=hidden]), main select, main textarea, main summary, header a, footer a"
)
# Links within sentences may be smaller (WCAG 2.5.8), and so may the box whose label is part of the target.
SMALL = f"""[...document.querySelectorAll('{TARGETS}')].filter(one => {{
  const box = one.closest('label')?.getBoundingClientRect() ?? one.getBoundingClientRect();
  const within = one.closest('p, li, .help') && getComputedStyle(one).display === 'inline';
  return one.checkVisibility() && !within && !one.closest('.skip, .honeypot, .unseen') && box.height > 0 && box.height < 43.9;
}}).map(one => one.outerHTML)"""


def violations(page: Page, rules: dict[str, Any] = EVERY_RULE) -> list[str]:
    """What axe finds that is serious or worse."""
    found = Axe().run(page, options=rules).response["violations"]
    return [
        f"{page.url} {one['id']}: {one['nodes'][0]['html']}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def violations_in_both(page: Page) -> list[str]:
    """`violations` in the light scheme, and in the dark one those of colours, in which alone they differ."""
    page.emulate_media(color_scheme="light")
    light = violations(page)
    page.emulate_media(color_scheme="dark")
    dark = [f"dark: {one}" for one in violations(page, RULES_OF_COLOURS)]
    page.emulate_media(color_scheme="light")
    return light + dark


def resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})


def too_wide(page: Page, widths: Sequence[int] = WIDTHS) -> list[str]:
    """The widths at which the page scrolls sideways; leaves it at the first."""
    found = []
    for width in widths:
        resize(page, width)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{page.url} scrolls sideways at {width}")
    resize(page, widths[0])
    return found
