"""The examples of docs/use/search.md are read as the page tells, and it has every key."""

import re
from pathlib import Path

import pytest

from services.triage.search.keys import KINDS, PRIORITIES
from services.triage.search.parse import BadQuery, parse_query
from services.triage.search.query import Key

PAGE = Path(__file__).parents[4].joinpath("docs/use/search.md").read_text(encoding="utf-8")
_TABLES = [
    re.findall(r"^\| `([^`]+)` \| (.*) \|$", table, re.MULTILINE)
    for table in re.findall(r"((?:^\|.*\n)+)", PAGE, re.MULTILINE)
]
_WORDS, _KEYS, _ERRORS = _TABLES


@pytest.mark.parametrize("search", [search for search, _ in _WORDS])
def test_words_are_no_keys(search: str) -> None:
    query = parse_query(search)
    assert query.terms
    assert not any(isinstance(term, Key) for term in query)


@pytest.mark.parametrize("search", [search for search, _ in _KEYS])
def test_keys_are_keys(search: str) -> None:
    assert any(isinstance(term, Key) for term in parse_query(search))


@pytest.mark.parametrize(("search", "message"), _ERRORS)
def test_errors_are_told_as_written(search: str, message: str) -> None:
    with pytest.raises(BadQuery, match=message):
        parse_query(search)


def test_the_page_has_every_key_and_priority() -> None:
    assert {term.name for search, _ in _KEYS for term in parse_query(search) if isinstance(term, Key)} == set(KINDS)
    [priorities] = [finds for search, finds in _KEYS if search == "priority:high"]
    assert set(re.findall(r"`(\w+)`", priorities)) == set(PRIORITIES)


def test_the_two_ways_to_write_the_same_are_the_same() -> None:
    one, other = (parse_query(text) for text in ("Åsa straße", "asa STRASSE"))
    assert [term.tokens for term in one.words] == [term.tokens for term in other.words]
