"""Help is safe HTML, whatever its texts hold, and marks the language of a fallback."""

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalog import Catalog, HelpBlock, Text, help_html, load

Make = Callable[[str], Catalog]


class Elements(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


BASE = load().categories["account/feed"]


def _html(catalog: Catalog, locale: str = "en", base_url: str = "") -> str:
    return help_html(catalog.categories["things/broken"], locale, base_url)


@pytest.mark.parametrize(
    ("block", "html"),
    [
        pytest.param("paragraph: {en: Hello}", "<p>Hello</p>", id="a paragraph"),
        pytest.param("heading: {en: Hello}", "<h2>Hello</h2>", id="a heading"),
        pytest.param("note: {en: Hello}", '<div class="note"><p>Hello</p></div>', id="a note"),
        pytest.param("steps: [{en: A}, {en: B}]", "<ol><li>A</li><li>B</li></ol>", id="steps"),
        pytest.param("list: [{en: A}]", "<ul><li>A</li></ul>", id="a list"),
        pytest.param('paragraph: {en: "{network} of {sender_domain}"}', "<p>Snapr of snapr.example</p>", id="words"),
        pytest.param('paragraph: {en: "a [b](links.rules) c"}', '<p>a <a href="/rules">b</a> c</p>', id="a link"),
        pytest.param(
            'paragraph: {en: "[b](links.shop)"}',
            '<p><a href="https://shop.example/?a=1&amp;b=2">b</a></p>',
            id="a link with an ampersand",
        ),
        pytest.param(
            'paragraph: {en: "[b](help:things/other)"}',
            '<p><a href="/help/things/other">b</a></p>',
            id="a link to another path's help",
        ),
        pytest.param('paragraph: {en: "[b](links.none)"}', "<p>b</p>", id="a link nobody set is its text"),
        pytest.param('paragraph: {en: "[b](javascript:x)"}', "<p>b</p>", id="a script is never linked to"),
        pytest.param('paragraph: {en: "<b>&\\"</b>"}', "<p>&lt;b&gt;&amp;&#34;&lt;/b&gt;</p>", id="markup is text"),
        pytest.param(
            'paragraph: {en: "[<i>](links.rules)"}', '<p><a href="/rules">&lt;i&gt;</a></p>', id="in links too"
        ),
    ],
)
def test_a_block(with_category: Make, block: str, html: str) -> None:
    assert _html(with_category(f"help: [{{{block}}}]")) == html


def test_only_what_fell_back_carries_its_language(with_category: Make) -> None:
    catalog = with_category("help: [{paragraph: {en: A, sv: Å}}, {steps: [{en: B, sv: Ä}, {en: C}]}, {note: {en: D}}]")

    assert _html(catalog, "sv") == (
        '<p>Å</p>\n<ol><li>Ä</li><li lang="en">C</li></ol>\n<div class="note"><p lang="en">D</p></div>'
    )
    assert "lang=" not in _html(catalog, "en")
    assert _html(catalog, "de").count('lang="en"') == 4


def test_a_regional_locale_reads_its_language(with_category: Make) -> None:
    assert _html(with_category("help: [{paragraph: {en: A, sv: Å}}]"), "sv-FI") == "<p>Å</p>"


def test_a_base_url_goes_before_paths_of_ours_only(with_category: Make) -> None:
    catalog = with_category('help: [{paragraph: {en: "[a](links.rules)[b](links.shop)"}}]')

    assert 'href="https://help.example/rules"' in _html(catalog, base_url="https://help.example")
    assert 'href="https://shop.example/' in _html(catalog, base_url="https://help.example")


@given(text=st.text(min_size=1) | st.text(alphabet="[]()<>\"'&links.rules:/ {}", min_size=1))
def test_no_text_makes_any_element_but_its_own(text: str) -> None:
    hrefs = {"links.rules": "/rules"}
    elements = Elements()
    elements.feed(help_html(replace(BASE, help=(HelpBlock("paragraph", (Text({"en": text}),)),), hrefs=hrefs), "en"))

    assert {tag for tag, _ in elements.found} <= {"p", "a"}
    assert all(attributes == {"href": "/rules"} for tag, attributes in elements.found if tag == "a")
