"""Every e-mail in every language: complete, equal in text and HTML, and harmless."""

import re
from html.parser import HTMLParser

import pytest

from services.notify.compose.kinds.registry import KINDS
from services.notify.compose.kinds.samples import sample, samples
from services.notify.compose.render import ComposeError, compose
from services.notify.compose.strings import LANGUAGES, language_of
from shared.catalog import load

CATALOG = load()
INTAKE = "https://help.example.com"


class Words(HTMLParser):
    """The words of an HTML page, without its head; every tag but a span parts words. A button's address follows its label."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.in_head = False
        self.address = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_head = self.in_head or tag == "head"
        self.part(tag)
        given = dict(attrs)
        if given.get("class") in ("button-link", "choice-link"):
            self.address = str(given["href"])

    def handle_endtag(self, tag: str) -> None:
        self.in_head = self.in_head and tag != "head"
        self.part(tag)
        if tag == "a" and self.address:
            self.parts.append(f": {self.address} ")
            self.address = ""

    def part(self, tag: str) -> None:
        if tag != "span":
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.in_head:
            self.parts.append(data)


def words_of_html(html: str) -> list[str]:
    reader = Words()
    reader.feed(html)
    return "".join(reader.parts).replace(" : ", ": ").split()


def words_of_text(text: str) -> list[str]:
    """Words without the signs that stand for HTML's lists, rule and quotation."""
    lines = [re.sub(r"^\s*(\*|-|--|>)( |$)", "", line) for line in text.splitlines()]
    return " ".join(lines).split()


def every_case() -> list[tuple[str, str, int]]:
    return [
        (kind, lang, number)
        for kind in KINDS
        for lang in LANGUAGES
        for number, _ in enumerate(samples(KINDS[kind], CATALOG, lang, INTAKE))
    ]


@pytest.mark.parametrize(("kind", "lang", "number"), every_case())
def test_every_case_of_every_kind_composes_with_equal_text_and_html(kind: str, lang: str, number: int) -> None:
    composed = compose(KINDS[kind], lang, list(samples(KINDS[kind], CATALOG, lang, INTAKE))[number])
    assert composed.subject
    assert "\n" not in composed.subject
    assert words_of_html(composed.html) == words_of_text(composed.text)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fact_left_out_is_an_error_not_a_gap(kind: str) -> None:
    facts = sample(KINDS[kind], CATALOG, "en", INTAKE)
    facts.pop("network")
    with pytest.raises(ComposeError):
        compose(KINDS[kind], "en", facts)


def test_a_text_in_another_language_is_marked_in_html() -> None:
    kind = KINDS["transfer"]
    composed = compose(kind, "sv", sample(kind, CATALOG, "en", INTAKE))
    assert '<span lang="en">' in composed.html, "the team's name was given in English"
    assert '<span lang="en">' not in compose(kind, "sv", sample(kind, CATALOG, "sv", INTAKE)).html


WRITTEN = """Use **this** <b>page</b>:

* [the form](https://example.com/form)
* [this](javascript:alert(1)) and [that](/t/x)

![a cat](https://example.com/cat.png)"""


@pytest.mark.parametrize("kind", ["reply", "information_request", "disapproval", "resolution"])
@pytest.mark.parametrize("case", [0, 1])
def test_what_an_agent_writes_is_commonmark_in_html_and_as_written_in_text(kind: str, case: int) -> None:
    facts = list(samples(KINDS[kind], CATALOG, "en", INTAKE))[case]
    composed = compose(KINDS[kind], "en", {**facts, "message": WRITTEN})
    assert WRITTEN in composed.text
    assert "<strong>this</strong> &lt;b&gt;page&lt;/b&gt;" in composed.html
    assert re.search(r'<a href="https://example.com/form"[^>]*>the form</a>', composed.html)
    assert "[this](javascript:alert(1))" in composed.html
    assert "[that](/t/x)" in composed.html
    assert "<img" not in composed.html


def test_a_persons_email_quotes_and_a_programs_does_not() -> None:
    for kind in ("reply", "information_request", "disapproval", "resolution"):
        facts = list(samples(KINDS[kind], CATALOG, "sv", INTAKE))
        texts = [compose(KINDS[kind], "sv", one).text for one in facts]
        for one, text in zip(facts, texts, strict=True):
            assert ("Du skrev:\n> Hej!\n>\n> Varför" in text) == bool(one["quoted"])
            assert ("Anna\nPinly" in text) == bool(one["writer"])
        assert texts[0].index("Tack för ditt tålamod.") == 0, "no heading stands before what a person wrote"


def test_a_participants_copy_has_no_link_to_the_page() -> None:
    for kind in ("reply", "information_request", "disapproval", "resolution"):
        for facts in samples(KINDS[kind], CATALOG, "en", INTAKE):
            composed = compose(KINDS[kind], "en", facts)
            copied = facts.get("audience") == "participant"
            assert ("/t/T-7K3M-9QXA" not in composed.text + composed.html) == (facts["status_url"] is None)
            assert ("copy of our answer" in composed.text) == copied


def test_a_quotation_in_html_is_text_in_a_blockquote() -> None:
    facts = sample(KINDS["reply"], CATALOG, "en", INTAKE)
    composed = compose(
        KINDS["reply"], "en", {**facts, "quoted": "</blockquote><b>x</b>\u2028https://evil.example/\n> y"}
    )
    assert "> </blockquote><b>x</b>\n> https://evil.example/\n>> y" in composed.text
    assert re.search(
        r"<blockquote [^>]*>&lt;/blockquote&gt;&lt;b&gt;x&lt;/b&gt;<br>\nhttps://evil.example/<br>", composed.html
    )
    assert 'href="https://evil.example' not in composed.html


@pytest.mark.parametrize("kind", ["reply", "disapproval", "resolution"])
@pytest.mark.parametrize(("lang", "words"), [("en", "nswer this e-mail"), ("sv", "vara på det här mejlet")])
def test_a_recipient_who_may_answer_reads_how(kind: str, lang: str, words: str) -> None:
    for facts in samples(KINDS[kind], CATALOG, lang, INTAKE):
        if facts["status_url"]:
            assert words in compose(KINDS[kind], lang, facts).text


def test_a_reference_is_not_broken_at_the_end_of_a_line() -> None:
    html = compose(KINDS["reply"], "en", sample(KINDS["reply"], CATALOG, "en", INTAKE)).html
    assert re.search(r'<span class="reference" style="white-space: ?nowrap;?">T-7K3M-9QXA</span>', html)


def test_html_mail_needs_nothing_from_elsewhere() -> None:
    for kind in KINDS.values():
        html = compose(kind, "en", sample(kind, CATALOG, "en", INTAKE)).html
        assert not re.search(r"<(img|script|link|iframe)\b|@import|url\(", html)
        assert 'style="' in html


@pytest.mark.parametrize(
    ("locale", "language"),
    [("sv", "sv"), ("sv-SE", "sv"), ("SV_fi", "sv"), ("en-GB", "en"), ("de", "en"), ("", "en"), ("../../etc", "en")],
)
def test_the_language_of_a_locale(locale: str, language: str) -> None:
    assert language_of(locale) == language


def test_messages_with_braces_and_template_signs_stay_as_they_are() -> None:
    message = "{network} {{ 7 * 7 }} {% raw %} {0}"
    kind = KINDS["reply"]
    composed = compose(kind, "en", {**sample(kind, CATALOG, "en", INTAKE), "message": message})
    assert message in composed.text
    assert message in composed.html
