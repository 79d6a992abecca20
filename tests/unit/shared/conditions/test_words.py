"""Words are folded the same by the fast tables and by Unicode's rules."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.conditions.words import Words, beginnings_of, blanked, fold, led_by_a_word, split


def plainly(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold(text))


@given(st.text(st.characters(codec="cp1252") | st.characters(codec="latin-1") | st.characters()))
def test_the_tables_split_as_unicodes_rules_do(text: str) -> None:
    assert split(text) == plainly(text)


@pytest.mark.parametrize("code_page", ["latin-1", "cp1252"])
def test_every_character_of_the_code_pages(code_page: str) -> None:
    for code in range(256):
        character = bytes((code,)).decode(code_page, "replace")
        assert split(f"a{character}b {character}") == plainly(f"a{character}b {character}"), (code, character)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Räkning, KVITTO!", ["rakning", "kvitto"]),
        ("don’t stop", ["don", "t", "stop"]),
        ("snake_case", ["snake", "case"]),
        ("Straße ﬁn İstanbul", ["strasse", "fin", "istanbul"]),
        ("re\u0301sume\u0301", ["resume"]),
        ("Ёлка 😀 почта", ["елка", "почта"]),
        ("", []),
    ],
)
def test_folding(text: str, words: list[str]) -> None:
    assert split(text) == words


@given(
    st.lists(st.text("ab \n-é", max_size=20) | st.sampled_from(["x aaaab!", "aaaa", "AAAABB"]), max_size=3),
    st.lists(st.sampled_from(["a", "b", "ab", "e", "aa", "aaaab", "aaaabb", "aaaac"]), max_size=20),
)
def test_few_and_many_words_are_found_alike(texts: list[str], wanted: list[str]) -> None:
    expected = any(word in split(text) for text in texts for word in wanted)
    beginnings = beginnings_of(wanted)
    one_by_one, split_first = Words(map(blanked, texts)), Words(map(blanked, texts))
    assert one_by_one.have_any(frozenset(wanted), beginnings, ()) is expected
    assert bool(split_first.known & frozenset(wanted)) is expected
    assert split_first.have_any(frozenset(wanted), beginnings, ()) is expected


def test_forms_of_a_word_share_a_beginning() -> None:
    assert beginnings_of(["kapat", "hacked", "hackad", "kap", "kapad", "a"]) == (" a", " hack", " kap", " kapa")


@pytest.mark.parametrize(
    ("text", "phrase", "expected"),
    [
        ("it was broken  into, twice", " broken into ", True),
        ("broken, then looked into", " broken into ", False),
        ("unbroken into", " broken into ", False),
        ("BROKEN\ninto", " broken into ", True),
    ],
)
def test_a_phrase_is_found_behind_its_longest_word(text: str, phrase: str, expected: bool) -> None:
    words = Words([blanked(text)])
    assert words.have_any(frozenset(), (), led_by_a_word([phrase])) is expected
    assert words.among(frozenset(("broken", "absent"))) == ({"broken"} if " broken" in f" {text.lower()}" else set())
