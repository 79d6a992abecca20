"""One word, one meaning: docs/develop/glossary.md names the words that code, docs, messages and templates no longer use."""

import re

from tests.architecture.vocabulary import ROOT, WORDS

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
