"""A string in several languages, each of which falls back alone to English."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

FALLBACK = "en"


class Localised(NamedTuple):
    """A string as shown, and the language that it is in."""

    text: str
    lang: str


class Text(Mapping[str, str]):
    """A frozen mapping of locale to string. `source` is where it was read, such as "account.yaml:12"."""

    __slots__ = ("_strings", "source")

    def __init__(self, strings: Mapping[str, str], source: str = "") -> None:
        self._strings = tuple(strings.items())
        self.source = source

    def __getitem__(self, locale: str) -> str:
        for known, text in self._strings:
            if known == locale:
                return text
        raise KeyError(locale)

    def __iter__(self) -> Iterator[str]:
        return (locale for locale, _ in self._strings)

    def __len__(self) -> int:
        return len(self._strings)

    def __hash__(self) -> int:
        return hash(frozenset(self._strings))

    def __repr__(self) -> str:
        return f"Text({dict(self._strings)!r})"

    def in_locale(self, locale: str) -> Localised:
        """The string in `locale` (a BCP 47 tag), else in its language alone ("sv-FI": "sv"), else in English."""
        for candidate in (locale, _language(locale), FALLBACK):
            if candidate in self:
                return Localised(self[candidate], candidate)
        return Localised(self._strings[0][1], self._strings[0][0])


def same_language(wanted: str, lang: str) -> bool:
    """Whether text in `lang` needs no mark of its own on a page in `wanted`."""
    return _language(wanted) == _language(lang)


def _language(locale: str) -> str:
    return locale.replace("_", "-").partition("-")[0].lower()
