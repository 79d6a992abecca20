"""Excerpts with marks, in which nothing but the marks is HTML."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.search.highlight import LONGEST, excerpts, wanted_of
from services.triage.search.parse import parse_query


def _marked(query: str, *texts: str) -> list[str]:
    wanted = wanted_of(parse_query(query))
    assert wanted is not None
    return excerpts(texts, wanted)


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("lamp", "My lamp is broken", "My <mark>lamp</mark> is broken"),
        ("lanterns", "Two lantern lights", "Two <mark>lantern</mark> lights"),
        ("asa", "Hej A\u030asa!", "Hej <mark>Åsa</mark>!"),
        ("strasse", "Lange Straße 5", "Lange <mark>Straße</mark> 5"),
        ("京都", "私は東京都に住む", "私は東<mark>京都</mark>に住む"),
        ('"my lamp"', "my lamps, my lamp", "<mark>my</mark> lamps, <mark>my</mark> <mark>lamp</mark>"),
        ("anna@example.org", "Write anna@example.org", "Write <mark>anna</mark>@<mark>example</mark>.<mark>org</mark>"),
        ("lamp", "<b>lamp</b> & 'x'", "&lt;b&gt;<mark>lamp</mark>&lt;/b&gt; &amp; &#x27;x&#x27;"),
        ("mark", "<mark>", "&lt;<mark>mark</mark>&gt;"),
        ("lamp state:open -dear", "dear lamp", "dear <mark>lamp</mark>"),
    ],
)  # fmt: skip
def test_matches_are_marked_and_everything_is_escaped(query: str, text: str, marked: str) -> None:
    assert _marked(query, text) == [marked]


def test_an_excerpt_is_cut_at_words() -> None:
    [excerpt] = _marked("lamp", "word " * 100 + "lamp" + " word" * 100)
    assert excerpt.startswith("…word")
    assert excerpt.endswith("word…")
    assert "<mark>lamp</mark>" in excerpt
    assert len(excerpt) < LONGEST + 30


def test_texts_without_a_match_have_no_excerpt() -> None:
    assert _marked("lamp", "Nothing", "", "lamp", "lamp") == ["<mark>lamp</mark>"]
    assert wanted_of(parse_query("state:open -lamp")) is None


@given(st.text(max_size=300), st.text(max_size=10))
def test_without_the_marks_it_is_text(text: str, word: str) -> None:
    for excerpt in _marked(f'lamp "{word.replace(chr(34), "")}"', f"{text} lamp {text}"):
        plain = re.sub("</?mark>", "", excerpt)
        assert "<" not in plain
        assert ">" not in plain
        assert excerpt.count("<mark>") == excerpt.count("</mark>") > 0
        assert unescape(plain)
