"""One pass over a text finds the same words as splitting it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.conditions.word_finder import MOST_AT_ONCE, finder
from shared.conditions.words import Words, blanked, fold, split

WORDS = (
    st.text(st.characters(categories=("L", "N")), min_size=1, max_size=12)
    .map(fold)
    .filter(lambda word: split(word) == [word])
)
TEXTS = st.text(max_size=200)


@given(wanted=st.frozensets(WORDS, min_size=1, max_size=20), texts=st.lists(TEXTS, max_size=3), chosen=st.data())
def test_it_finds_what_is_there_and_nothing_else(
    wanted: frozenset[str], texts: list[str], chosen: st.DataObject
) -> None:
    some = chosen.draw(st.lists(st.sampled_from(sorted(wanted)), max_size=5))
    there = [*texts, " ".join(some)]
    words = Words([blanked(text) for text in there])
    assert set(finder(wanted)(words)) == wanted & {word for text in there for word in split(text)}


@pytest.mark.parametrize("text", ["one", "one two", " two one ", "one one", "oneone one-two"])
def test_neighbours_share_the_blank_between_them(text: str) -> None:
    assert set(finder({"one", "two"})(Words([blanked(text)]))) == set(split(text)) & {"one", "two"}


def test_signs_of_a_pattern_have_no_meaning() -> None:
    assert finder({"a.b", "(x"})(Words(["a b"])) == []


def test_as_many_as_it_takes_are_all_found() -> None:
    wanted = [f"w{number}{'abcdefghij'[number % 10] * 12}" for number in range(MOST_AT_ONCE)]
    assert set(finder(wanted)(Words([" ".join(wanted)]))) == set(wanted)
    assert finder(wanted)(Words([" ".join("x" * (number % 40) for number in range(5_000))])) == []
