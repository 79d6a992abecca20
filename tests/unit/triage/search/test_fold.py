"""Folding: case, accents, ß, and any way to write a character; CJK in pairs."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.search.fold import fold, indexed, tokens


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("ÅSA", "asa"), ("Å", "A\u030a"), ("Straße", "STRASSE"), ("é", "e"), ("ﬁn", "fin"), ("Øl", "ol"), ("Ｗｉｄｅ", "wide"),
        ("ÇA", "ca"), ("Ελλάδα", "ΕΛΛΑΔΑ"), ("ｶﾞｽ", "ガス"), ("각", "\u1100\u1161\u11a8"), ("İ", "i"),
    ],
)  # fmt: skip
def test_the_same_is_folded_alike(text: str, same: str) -> None:
    assert fold(text) == fold(same)


def test_kana_keep_what_makes_them_another_character() -> None:
    assert fold("ガス") != fold("カス")


@given(st.text())
def test_no_way_of_writing_matters(text: str) -> None:
    for form in ("NFC", "NFD"):
        assert tokens(unicodedata.normalize(form, text)) == tokens(text)


@given(st.text())
def test_tokens_are_words_and_stay_what_they_are(text: str) -> None:
    for token in tokens(text):
        assert not set(token) & set("'\\ :*&|!")
        assert tokens(token) == [token]


def test_a_run_of_characters_is_indexed_in_pairs() -> None:
    assert tokens("iPhone電池 です") == ["iphone", "電池", "です"]
    assert list(indexed("東京都庁")) == ["東京", "京都", "都庁", "庁"]
    assert list(indexed("庁")) == ["庁"]
    assert list(indexed("lamp")) == ["lamp"]
