"""Reads strings of the data in every locale, with the catalogue's own words filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.catalog.entry import Entry
from shared.catalog.text import FALLBACK, Text

WORD = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass
class Reader:
    """What reading any string needs.

    `words` replace {word}; a word that is not set stays as written, for `check` to find. `overlays` hold the strings
    of files under locales/, by locale and address; `used` collects the addresses that exist.
    """

    locales: tuple[str, ...]
    words: Mapping[str, str]
    overlays: Mapping[str, Mapping[str, str]]
    used: set[str] = field(default_factory=set)

    def text(self, entry: Entry, address: str) -> Text:
        """The string at `entry`: a mapping of locale to string, completed from the overlays."""
        strings: dict[str, str] = {}
        for locale, value in entry.mapping(known=self.locales).items():
            strings[locale] = value.string()
        self.used.add(address)
        for locale, overlay in self.overlays.items():
            strings[locale] = overlay.get(address, strings.get(locale, ""))
        given = {locale: self._filled(strings[locale]) for locale in self._ordered(strings) if strings[locale]}
        if not given:
            entry.error("the string is given in no language")
            given = {FALLBACK: ""}
        return Text(given, source=entry.source)

    def _ordered(self, strings: Mapping[str, str]) -> list[str]:
        return sorted(strings, key=lambda locale: (locale != FALLBACK, locale))

    def _filled(self, string: str) -> str:
        return WORD.sub(lambda found: self.words.get(found[1], found[0]), string)
