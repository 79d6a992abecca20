"""Text in an e-mail can be read in light and dark, and where a mail program inverts the colours by itself."""

import re

import pytest

from services.notify.compose.strings import TEMPLATES

STYLE = (TEMPLATES / "layout" / "layout.html").read_text(encoding="utf-8")
LIGHT, DARK = STYLE.split("@media (prefers-color-scheme: dark)")
# Text, and the ground that it stands on.
PAIRS = [
    (".page", ".email"),
    ("a", ".email"),
    (".attribution", ".email"),
    (".quote", ".email"),
    (".foot", ".email"),
    (".choice-link", ".email"),
    (".button-link", ".button-link"),
    (".button-link", ".button-cell"),
    (".page", "pre"),
]


def colour(style: str, selector: str, name: str) -> tuple[int, int, int]:
    rules = re.findall(r"^([^{}\n]+) \{ ([^{}\n]*) \}$", style, re.MULTILINE)
    for selectors, body in rules:
        found = re.search(rf"(?:^|; ){name}: #([0-9a-f]{{6}})", body)
        if selector in selectors.split(", ") and found:
            red, green, blue = bytes.fromhex(found[1])
            return red, green, blue
    raise AssertionError(f"{selector} has no {name}")


def luminance(rgb: tuple[int, ...]) -> float:
    """WCAG 2.2, relative luminance."""
    red, green, blue = ((one / 255 / 12.92) if one <= 10 else ((one / 255 + 0.055) / 1.055) ** 2.4 for one in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_contrast_is_enough(text: str, ground: str) -> None:
    for style in (LIGHT, DARK):
        ink, paper = colour(style, text, "color"), colour(style, ground, "background")
        assert contrast(ink, paper) >= 4.5
    inverted = [
        tuple(255 - one for one in rgb) for rgb in (colour(LIGHT, text, "color"), colour(LIGHT, ground, "background"))
    ]
    assert contrast(*inverted) >= 4.5, "Outlook and Gmail on iOS turn light e-mails dark so"


def test_dark_styles_stay_a_rule_and_win_over_the_inline_ones() -> None:
    for selectors, body in re.findall(r"^([^{}\n]+) \{ ([^{}\n]*) \}$", DARK, re.MULTILINE):
        assert all(declaration.endswith("!important") for declaration in body.rstrip(";").split(";")), selectors
