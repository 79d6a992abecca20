from pathlib import Path

import pytest

from services.intake.web.messages import Message, messages
from services.intake.web.sentences import SOURCE, load_phrasebooks

BOOKS = load_phrasebooks()
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


def english(message: Message) -> str:
    return message if isinstance(message, str) else message[0]


@pytest.mark.parametrize("locale", [locale for locale in BOOKS if locale != SOURCE])
def test_every_sentence_is_translated(locale: str) -> None:
    assert [m for m in messages() if not BOOKS[locale].has(english(m))] == []


@pytest.mark.parametrize("locale", [locale for locale in BOOKS if locale != SOURCE])
def test_no_translation_outlives_its_sentence(locale: str) -> None:
    assert BOOKS[locale].known - {english(message) for message in messages()} == set()


@pytest.mark.parametrize("locale", [locale for locale in BOOKS if locale != SOURCE])
def test_a_translation_keeps_the_placeholders(locale: str) -> None:
    values = {"number": 1, "network": "N", "sender": "S", "team": "T", "key": "K", "address": "A"}
    for message in messages():
        sentence = english(message)
        if "%(" in sentence:
            said = BOOKS[locale].plain(sentence, **values)
            assert "%" not in said, sentence
            assert all(f"%({name})s" not in sentence or str(value) in said for name, value in values.items()), sentence


def test_a_sentence_that_a_language_lacks_falls_back_alone_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "nb.po").write_text(HEADER + 'msgid "Send"\nmsgstr "Send nå"\n')
    norwegian = load_phrasebooks(tmp_path)["nb"]
    assert norwegian.say("Send") == "Send nå"
    assert norwegian.say("Your name") == '<span lang="en">Your name</span>'
    assert norwegian.plain("Your name") == "Your name"


def test_a_language_is_added_by_adding_its_file(tmp_path: Path) -> None:
    (tmp_path / "fi.po").write_text(HEADER)
    assert {locale: book.own_name for locale, book in load_phrasebooks(tmp_path).items()} == {
        "en": "English",
        "fi": "Suomi",
    }


def test_a_fuzzy_translation_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "nb.po").write_text(HEADER + '#, fuzzy\nmsgid "Send"\nmsgstr "Kanskje"\n')
    assert load_phrasebooks(tmp_path)["nb"].plain("Send") == "Send"


def test_values_are_escaped() -> None:
    assert BOOKS["sv"].say("How do you use %(network)s?", network="<b>") == "Hur använder du &lt;b&gt;?"
    assert BOOKS["en"].say("How do you use %(network)s?", network="<b>") == "How do you use &lt;b&gt;?"


@pytest.mark.parametrize(
    ("locale", "number", "said"),
    [
        ("en", 1, "1 topic found"),
        ("en", 2, "2 topics found"),
        ("sv", 1, "1 ämne hittades"),
        ("sv", 0, "0 ämnen hittades"),
    ],
)
def test_numbers_take_their_plural(locale: str, number: int, said: str) -> None:
    assert BOOKS[locale].say_number("%(number)s topic found", "%(number)s topics found", number) == said
