"""The language of searches, as the contract has it; any text is read or refused by name."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.triage.lists.filters import STATES
from services.triage.search.keys import KINDS, NAMES, Known
from services.triage.search.parse import BadQuery, parse_query
from services.triage.search.query import Key, Query, Words

KNOWN = Known(("ads", "billing"), ("ads/disapproved", "ads/metrics", "billing/cost"))


def _words(text: str, *tokens: str, phrase: bool = False, negated: bool = False) -> Words:
    return Words(text, tokens, phrase, negated)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("lamp", [_words("lamp", "lamp")]),
        ('"A phrase"', [_words("A phrase", "a", "phrase", phrase=True)]),
        ("“A phrase”", [_words("A phrase", "a", "phrase", phrase=True)]),
        ("-lamp", [_words("lamp", "lamp", negated=True)]),
        ('-"a b"', [_words("a b", "a", "b", phrase=True, negated=True)]),
        ("tag:vip", [Key("tag", "vip")]),
        ("-tag:vip", [Key("tag", "vip", True)]),
        ('tag:"two words"', [Key("tag", "two words")]),
        ("STATE:Open", [Key("state", "open")]),
        ("priority:high", [Key("priority", "high")]),
        ("team:ads", [Key("team", "ads")]),
        ("category:ads/disapproved", [Key("category", "ads/disapproved")]),
        ("category:ads", [Key("category", "ads")]),
        ("from:Anna@example.org", [Key("from", "anna@example.org")]),
        ("owner:me", [Key("owner", "me")]),
        ("owner:none", [Key("owner", "nobody")]),
        ("has:attachment", [Key("has", "attachment")]),
        ("lang:sv", [Key("lang", "sv")]),
        ("category:ads/", [Key("category", "ads")]),
        ("lang:sv_FI", [Key("lang", "sv-fi")]),
        ("before:2026-11-01", [Key("before", "2026-11-01")]),
        ("after:2026-10-01", [Key("after", "2026-10-01")]),
        ("is:breached", [Key("is", "breached")]),
        # Text, not keys.
        ("http://a.b", [_words("http://a.b", "http", "a", "b")]),
        ("12:30", [_words("12:30", "12", "30")]),
        ("a1:b", [_words("a1:b", "a1", "b")]),
        ("Subject: hi", [_words("Subject", "subject"), _words("hi", "hi")]),
        ('"tag:vip"', [_words("tag:vip", "tag", "vip", phrase=True)]),
        ('-"tag:vip"', [_words("tag:vip", "tag", "vip", phrase=True, negated=True)]),
        ("- lamp", [_words("lamp", "lamp")]),
        ('"open end', [_words("open end", "open", "end", phrase=True)]),
        ("", []),
        ("  ", []),
        ("!!! - \"\"", []),
        ("lamp lamp", [_words("lamp", "lamp")]),
    ],
)  # fmt: skip
def test_a_search_is_read(text: str, terms: list[object]) -> None:
    assert list(parse_query(text, KNOWN)) == terms


@pytest.mark.parametrize(
    "text",
    [
        "colour:red", "-colour:red", "colour:", 'colour:"a b"', "mailto:a@b.c", "priority:sky", "priority:", 'priority:""',
        "state:done", "team:sales", "category:adz", "from:anna", "from:", "owner:a\x00b", "has:files",
        "lang:swedish-of-old-times", "before:yesterday", "before:2026-13-01", "before:2026-02-30", "after:20261001",
        "is:late", 'tag:"a\x00b"', "before:٢٠٢٦-١١-٠١",
    ],
)  # fmt: skip
def test_an_unknown_key_or_a_bad_value_is_named(text: str) -> None:
    with pytest.raises(BadQuery) as refused:
        parse_query(f"lamp state:open {text}", KNOWN)
    key = text.removeprefix("-").partition(":")[0]
    assert f"“{key}:" in refused.value.errors["q"][0]
    assert len(refused.value.errors["q"]) == 1


def test_all_errors_are_told_at_once() -> None:
    with pytest.raises(BadQuery) as refused:
        parse_query("colour:red lamp priority:sky")
    assert len(refused.value.errors["q"]) == 2
    assert "“priority:sky”" in refused.value.errors["q"][1]


def test_every_state_and_key_is_known() -> None:
    for state in STATES:
        assert list(parse_query(f"state:{state}")) == [Key("state", state)]
    assert set(KINDS) == set(NAMES)
    for name, kind in KINDS.items():
        [term] = parse_query(kind.example)
        assert isinstance(term, Key)
        assert term.name == name


def test_signs_without_a_word_are_no_blank_search() -> None:
    assert not parse_query("!!!").is_blank
    assert parse_query(" \n ").is_blank


# Texts full of what the language gives a meaning.
_PIECES = st.sampled_from(
    ['"', "“", "-", ":", "//", " ", "\t", "tag:", "state:open", "from:", "a@b.c", "is:", "before:2026-01-01", "東京", "é",
     "e\u0301", "ß", "\x00", "\ud800", "İ", "\u200b", "has:", "x", "1"]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=12).map("".join))


def _read(text: str) -> Query | BadQuery:
    try:
        return parse_query(text, KNOWN)
    except BadQuery as error:
        return error


@given(_TEXTS)
@example("-:")
@example(':-"')
def test_any_text_is_read_or_refused(text: str) -> None:
    query = _read(text)
    if isinstance(query, BadQuery):
        assert query.errors["q"]
        assert all(":" in message for message in query.errors["q"])
        return
    assert isinstance(query, Query)
    for term in query:
        if isinstance(term, Key):
            assert term.value
            if term.name in ("before", "after"):
                assert isinstance(term.day, date)
        else:
            assert term.tokens
            assert not any(set(token) & set("'\\ :*&|!") for token in term.tokens)


@given(_TEXTS)
@example("A: ")
@example("-A: b")
@example("A:: ")
@example("A://: b")
def test_what_is_printed_means_the_same(text: str) -> None:
    query = _read(text)
    if isinstance(query, BadQuery):
        return
    again = parse_query(str(query), KNOWN)
    assert again.terms == query.terms
    assert str(again) == str(query)
