"""A string in several languages."""

import pytest

from shared.catalog import Localised, Text

TEXT = Text({"en": "Hello", "sv": "Hej"})


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("en", Localised("Hello", "en")),
        ("sv", Localised("Hej", "sv")),
        ("sv-FI", Localised("Hej", "sv")),
        ("sv_SE", Localised("Hej", "sv")),
        ("SV", Localised("Hej", "sv")),
        ("de", Localised("Hello", "en")),
        ("", Localised("Hello", "en")),
    ],
)
def test_a_locale_is_answered_in_its_language_or_in_english(locale: str, shown: Localised) -> None:
    assert TEXT.in_locale(locale) == shown


def test_a_dialect_of_its_own_comes_first() -> None:
    assert Text({"en": "Color", "en-GB": "Colour"}).in_locale("en-GB") == Localised("Colour", "en-GB")


def test_without_english_the_first_language_is_better_than_nothing() -> None:
    assert Text({"sv": "Hej"}).in_locale("de") == Localised("Hej", "sv")


def test_texts_are_equal_by_their_strings_and_cannot_be_changed() -> None:
    assert Text({"sv": "Hej", "en": "Hello"}, source="a.yaml:1") == TEXT
    assert hash(Text({"sv": "Hej", "en": "Hello"})) == hash(TEXT)
    with pytest.raises(TypeError):
        TEXT["en"] = "x"  # type: ignore[index]
