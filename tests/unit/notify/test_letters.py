"""Every letter in every language: complete, equal in text and HTML, and harmless."""

import re
from html.parser import HTMLParser
from string import Formatter

import pytest

from services.notify.compose import KINDS, ComposeError, compose, paragraphs
from services.notify.specimens import specimen, specimens
from services.notify.strings import FALLBACK, LANGUAGES, LETTER, TEMPLATES, language_of, read_strings
from shared.catalog import load

CATALOG = load()
INTAKE = "https://help.example.com"
FOLDERS = (LETTER, *KINDS)


class Words(HTMLParser):
    """The words of an HTML page, without its head."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.in_head = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.in_head = self.in_head or tag == "head"

    def handle_endtag(self, tag: str) -> None:
        self.in_head = self.in_head and tag != "head"

    def handle_data(self, data: str) -> None:
        if not self.in_head:
            self.parts.append(data)


def words_of_html(html: str) -> list[str]:
    reader = Words()
    reader.feed(html)
    return " ".join(reader.parts).split()


def words_of_text(text: str) -> list[str]:
    """Words without the signs that stand for HTML's lists and rule."""
    lines = [re.sub(r"^\s*(\*|-|--)( |$)", "", line) for line in text.splitlines()]
    return " ".join(lines).split()


def every_letter() -> list[tuple[str, str, int]]:
    return [
        (kind, lang, number)
        for kind in KINDS
        for lang in LANGUAGES
        for number, _ in enumerate(specimens(kind, CATALOG, lang, INTAKE))
    ]


@pytest.mark.parametrize(("kind", "lang", "number"), every_letter())
def test_every_case_of_every_kind_composes_with_equal_text_and_html(kind: str, lang: str, number: int) -> None:
    letter = compose(kind, lang, list(specimens(kind, CATALOG, lang, INTAKE))[number])
    assert letter.subject
    assert "\n" not in letter.subject
    assert words_of_html(letter.html) == words_of_text(letter.text)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fact_left_out_is_an_error_not_a_gap(kind: str) -> None:
    facts = specimen(kind, CATALOG, "en", INTAKE)
    facts.pop("network")
    with pytest.raises(ComposeError):
        compose(kind, "en", facts)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != FALLBACK])
def test_every_string_is_translated_with_the_same_placeholders(folder: str, lang: str) -> None:
    english, translated = read_strings(folder, FALLBACK), read_strings(folder, lang)
    assert set(translated) == set(english)
    for key, text in english.items():
        assert placeholders(translated[key]) == placeholders(text), key


@pytest.mark.parametrize("kind", KINDS)
def test_no_string_is_dead(kind: str) -> None:
    templates = "".join(path.read_text() for path in (TEMPLATES / kind).iterdir() if path.suffix in (".txt", ".html"))
    for key in read_strings(kind, FALLBACK):
        assert f'"{key}"' in templates or f'"{key.partition("_")[0]}_" ~' in templates, key


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_a_text_in_another_language_says_so_in_html() -> None:
    letter = compose("transfer", "sv", specimen("transfer", CATALOG, "en", INTAKE))
    assert '<span lang="en">' in letter.html, "the team's name was given in English"
    assert '<span lang="en">' not in compose("transfer", "sv", specimen("transfer", CATALOG, "sv", INTAKE)).html


def test_html_of_a_message_is_escaped_and_its_paragraphs_stay() -> None:
    assert paragraphs("a <b>\nc\r\n\r\nd & e") == "<p>a &lt;b&gt;<br>\nc</p>\n<p>d &amp; e</p>"


def test_html_mail_needs_nothing_from_elsewhere() -> None:
    for kind in KINDS:
        html = compose(kind, "en", specimen(kind, CATALOG, "en", INTAKE)).html
        assert not re.search(r"<(img|script|link|style|iframe)\b|@import|url\(", html)
        assert 'style="' in html


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ComposeError):
        compose("spam", "en", {})


@pytest.mark.parametrize(
    ("locale", "language"),
    [("sv", "sv"), ("sv-SE", "sv"), ("SV_fi", "sv"), ("en-GB", "en"), ("de", "en"), ("", "en"), ("../../etc", "en")],
)
def test_the_language_of_a_locale(locale: str, language: str) -> None:
    assert language_of(locale) == language


def test_messages_with_braces_and_template_signs_stay_as_they_are() -> None:
    message = "{network} {{ 7 * 7 }} {% raw %} {0}"
    letter = compose("reply", "en", {**specimen("reply", CATALOG, "en", INTAKE), "message": message})
    assert message in letter.text
    assert message in letter.html
