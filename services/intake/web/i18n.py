"""gettext for the pages: English is in code and templates, every other language in one .po file, compiled when the service starts.

A sentence that a language lacks falls back to English alone and is marked `lang="en"`, so that a screen reader pronounces it rightly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup

SOURCE = "en"
FOLDER = Path(__file__).parent / "translations"


class MarkedEnglish(NullTranslations):
    """The fallback of every other language: the English sentence as HTML that marks its language."""

    def gettext(self, message: str) -> str:
        return Markup('<span lang="en">{}</span>').format(Markup(message))  # noqa: S704  # our own sentence

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@dataclass(frozen=True)
class Language:
    """A language of the pages. `messages`: the English sentences that `translations` hold; English needs none."""

    locale: str
    translations: NullTranslations
    messages: frozenset[str] = frozenset()

    @property
    def own_name(self) -> str:
        """The language's name in that language: "English", "Svenska"."""
        name = Locale.parse(self.locale, sep="-").get_display_name() or self.locale
        return name[:1].upper() + name[1:]

    def has(self, message: str) -> bool:
        """Whether this language has a translation of the sentence (English has every one)."""
        return self.locale == SOURCE or message in self.messages

    def gettext(self, message: str, **values: object) -> Markup:
        """The sentence as safe HTML, `values` escaped. Titles and attributes, which cannot hold tags, take `.striptags()` of it."""
        return Markup(self.translations.gettext(message)) % values  # noqa: S704  # our own sentence

    def ngettext(self, singular: str, plural: str, number: int) -> Markup:
        """The same in the plural form of `number`, for which `%(number)s` stands."""
        return Markup(self.translations.ngettext(singular, plural, number)) % {"number": number}  # noqa: S704  # as above


@cache
def load_languages(folder: Path = FOLDER) -> Mapping[str, Language]:
    """Every language of the pages, English first: a language is added by adding its .po file to `folder`."""
    languages = {SOURCE: Language(SOURCE, NullTranslations())}
    for path in sorted(folder.glob("*.po")):
        languages[path.stem] = _read(path)
    return languages


def _read(path: Path) -> Language:
    """One .po file; compiled in memory, so that a bare clone needs no build step. Untranslated and fuzzy messages are left out."""
    with path.open("rb") as source:
        catalog = read_po(source, locale=path.stem.replace("-", "_"), abort_invalid=True)
    for message in list(catalog):
        strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
        if message.id and (message.fuzzy or not all(strings)):
            catalog.delete(message.id)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    translations = GNUTranslations(compiled)
    translations.add_fallback(MarkedEnglish())
    ids = (message.id[0] if isinstance(message.id, list | tuple) else message.id for message in catalog)
    return Language(path.stem, translations, frozenset(filter(None, ids)))
