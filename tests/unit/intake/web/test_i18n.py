from pathlib import Path

import pytest

from services.intake.translations_report import Message, messages
from services.intake.web.i18n import SOURCE, load_languages

LANGUAGES = load_languages()
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


def english(message: Message) -> str:
    return message if isinstance(message, str) else message[0]


@pytest.mark.parametrize("locale", [locale for locale in LANGUAGES if locale != SOURCE])
def test_every_sentence_is_translated(locale: str) -> None:
    assert [m for m in messages() if not LANGUAGES[locale].has(english(m))] == []


@pytest.mark.parametrize("locale", [locale for locale in LANGUAGES if locale != SOURCE])
def test_no_translation_outlives_its_sentence(locale: str) -> None:
    assert LANGUAGES[locale].messages - {english(message) for message in messages()} == set()


@pytest.mark.parametrize("locale", [locale for locale in LANGUAGES if locale != SOURCE])
def test_a_translation_keeps_the_placeholders(locale: str) -> None:
    values = {
        "number": 1,
        "network": "N",
        "sender": "S",
        "team": "T",
        "key": "K",
        "address": "A",
        "longest": "L",
        "types": "F",
        "moment": "M",
        "reference": "R",
        "maildir": "D",
        "subject": "U",
        "link": "O",
    }
    for message in messages():
        sentence = english(message)
        if "%(" in sentence:
            translated = LANGUAGES[locale].gettext(sentence, **values)
            assert "%" not in translated, sentence
            assert all(f"%({name})s" not in sentence or str(value) in translated for name, value in values.items()), (
                sentence
            )


def test_a_missing_sentence_falls_back_alone_and_is_marked(tmp_path: Path) -> None:
    (tmp_path / "nb.po").write_text(HEADER + 'msgid "Send"\nmsgstr "Send nå"\n')
    norwegian = load_languages(tmp_path)["nb"]
    assert norwegian.gettext("Send") == "Send nå"
    assert norwegian.gettext("Your name") == '<span lang="en">Your name</span>'
    assert norwegian.gettext("Your name").striptags() == "Your name"
    assert norwegian.ngettext("%(number)s day", "%(number)s days", 2) == '<span lang="en">2 days</span>'


def test_a_language_is_added_by_adding_its_file(tmp_path: Path) -> None:
    (tmp_path / "fi.po").write_text(HEADER)
    assert {locale: language.own_name for locale, language in load_languages(tmp_path).items()} == {
        "en": "English",
        "fi": "Suomi",
    }


def test_a_fuzzy_translation_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "nb.po").write_text(HEADER + '#, fuzzy\nmsgid "Send"\nmsgstr "Kanskje"\n')
    assert load_languages(tmp_path)["nb"].gettext("Send").striptags() == "Send"


def test_values_are_escaped() -> None:
    assert LANGUAGES["sv"].gettext("How do you use %(network)s?", network="<b>") == "Hur använder du &lt;b&gt;?"
    assert LANGUAGES["en"].gettext("How do you use %(network)s?", network="<b>") == "How do you use &lt;b&gt;?"


@pytest.mark.parametrize(
    ("locale", "number", "shown"),
    [
        ("en", 1, "1 topic found"),
        ("en", 2, "2 topics found"),
        ("sv", 1, "1 ämne hittades"),
        ("sv", 0, "0 ämnen hittades"),
    ],
)
def test_numbers_have_their_plural(locale: str, number: int, shown: str) -> None:
    assert LANGUAGES[locale].ngettext("%(number)s topic found", "%(number)s topics found", number) == shown
