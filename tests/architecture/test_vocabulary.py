"""One word, one meaning: docs/develop/glossary.md names the words that code, docs, messages and templates no longer use."""

import re
from fnmatch import fnmatchcase
from functools import cache

import pytest

from tests.architecture.vocabulary import ROOT, WORDS, Use, uses
from tests.architecture.vocabulary_allowed import ALLOWED

# One worker for all, so that the tree is read once.
pytestmark = pytest.mark.xdist_group("vocabulary")

GLOSSARY = ROOT / "docs" / "develop" / "glossary.md"


def test_every_replaced_word_of_the_glossary_is_searched_for() -> None:
    _, _, table = GLOSSARY.read_text(encoding="utf-8").partition("| instead of | write |")
    words = [
        word.strip()
        for row in re.findall(r"^\| ([^|-][^|]*) \|", table, re.M)
        for word in re.sub(r" \(.*?\)|;.*", "", row).split(",")
    ]
    assert len(words) > 30
    assert [word for word in words if not any(re.search(each.pattern, word) for each in WORDS)] == []


def test_replaced_words_are_used_only_where_the_allow_list_gives_a_reason() -> None:
    found = [
        f"{use.file}:{use.line}: {use.word.name}: write {use.word.instead}; {use.text[:100]}"
        for use in _all_uses()
        if not any(_covers(row, use) for row in ALLOWED)
    ]
    assert found == []


def test_every_row_of_the_allow_list_is_needed() -> None:
    assert [row for row in ALLOWED if not any(_covers(row, use) for use in _all_uses())] == []


@cache
def _all_uses() -> tuple[Use, ...]:
    return tuple(uses())


def _covers(row: tuple[str, str, str], use: Use) -> bool:
    files, word, _ = row
    return word in ("*", use.word.name) and fnmatchcase(use.file, files)
