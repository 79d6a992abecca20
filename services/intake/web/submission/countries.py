"""The countries one may choose, named in the reader's language and in its alphabetical order."""

import unicodedata
from functools import cache

from babel import Locale

from shared.catalog.countries import COUNTRIES

# Characters that come after z in the alphabet of a language; elsewhere they sort as the one they look like.
_AFTER_Z = {"sv": "åäö", "fi": "åäö", "da": "æøå", "nb": "æøå"}


@cache
def countries(locale: str) -> tuple[tuple[str, str], ...]:
    """Pairs of code and name, in the alphabetical order of `locale`."""
    names = Locale.parse(locale, sep="-").territories
    pairs = [(code, names.get(code, code)) for code in COUNTRIES]
    return tuple(sorted(pairs, key=lambda pair: _alphabetical(pair[1], locale.split("-")[0])))


def _alphabetical(name: str, language: str) -> str:
    last = _AFTER_Z.get(language, "")
    return "".join(_sort_key(character, last) for character in name.casefold())


def _sort_key(character: str, last: str) -> str:
    if character in last:
        return "{" + str(last.index(character))  # "{" follows "z" in ASCII
    return unicodedata.normalize("NFKD", character)[:1]
