"""The interface's sentences: English in the code, one .po file for each other language, read when the service starts.

A sentence that a language lacks falls back to English alone, and says so with `lang="en"`, so that a screen reader reads it rightly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from markupsafe import Markup

SOURCE = "en"
FOLDER = Path(__file__).parent / "translations"


@dataclass(frozen=True)
class Phrasebook:
    """The sentences of one language; `known` are the English sentences it has a translation of."""

    locale: str
    translations: Translations
    known: frozenset[str]

    @property
    def own_name(self) -> str:
        """The language's name in that language: "English", "Svenska"."""
        name = Locale.parse(self.locale, sep="-").get_display_name() or self.locale
        return name[:1].upper() + name[1:]

    def has(self, english: str) -> bool:
        """Whether this language says `english` in its own words."""
        return self.locale == SOURCE or english in self.known

    def plain(self, english: str, **values: object) -> str:
        """The sentence as text, for titles and attributes, which cannot carry a language of their own."""
        sentence = str(self.translations.ugettext(english)) if self.has(english) else english
        return sentence % values if values else sentence

    def say(self, english: str, **values: object) -> Markup:
        """The sentence as safe HTML (values are escaped), marked `lang="en"` where it fell back."""
        own = self.translations.ugettext(english)
        sentence = Markup(own) if self.has(english) else _in_english(english)  # noqa: S704  # ours; % escapes the values
        return sentence % values if values else sentence

    def say_number(self, one: str, many: str, number: int) -> Markup:
        """`one` or `many` in the plural form that `number` asks for here; `%(number)s` stands for the number."""
        if not self.has(one):
            return _in_english(one if number == 1 else many) % {"number": number}
        own = self.translations.ungettext(one, many, number)
        return Markup(own) % {"number": number}  # noqa: S704  # as above


def _in_english(sentence: str) -> Markup:
    return Markup('<span lang="en">{}</span>').format(Markup(sentence))  # noqa: S704  # our own sentence


def load_phrasebooks(folder: Path = FOLDER) -> Mapping[str, Phrasebook]:
    """Every language the interface is offered in, English first: a language is added by adding its .po file to `folder`."""
    books = {SOURCE: Phrasebook(SOURCE, Translations(), frozenset())}
    for path in sorted(folder.glob("*.po")):
        books[path.stem] = _read(path)
    return books


def _read(path: Path) -> Phrasebook:
    """Read one .po file; it is compiled here, so that a bare clone needs no build step."""
    with path.open("rb") as source:
        catalog = read_po(source, locale=path.stem.replace("-", "_"), abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    known: set[str] = set()
    for message in catalog:
        strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
        if message.id and not message.fuzzy and all(strings):
            known.add(message.id[0] if isinstance(message.id, list | tuple) else message.id)
    return Phrasebook(path.stem, Translations(compiled), frozenset(known))
