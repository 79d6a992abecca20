"""The words of the letters: one YAML file a kind and language, each string falling back alone to English."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from shared.catalog import Localised

TEMPLATES = Path(__file__).parent / "templates"
LETTER = "letter"  # the folder of what all kinds share
FALLBACK = "en"
# A language is added by adding its files: that of what all kinds share makes it one.
LANGUAGES = (FALLBACK, *sorted(path.stem for path in (TEMPLATES / LETTER).glob("*.yaml") if path.stem != FALLBACK))


@dataclass(frozen=True)
class Strings:
    """The strings of one kind in one language, the shared ones behind them."""

    lang: str
    own: Mapping[str, str]
    fallback: Mapping[str, str]

    def __getitem__(self, key: str) -> Localised:
        """The string and the language it is in. Raises KeyError for one that does not exist in English either."""
        if key in self.own:
            return Localised(self.own[key], self.lang)
        return Localised(self.fallback[key], FALLBACK)


def language_of(locale: str) -> str:
    """The language that texts for `locale` (BCP 47, as the requester sent it) are written in: ours, else English."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else FALLBACK


@cache
def strings_of(kind: str, lang: str) -> Strings:
    """The strings of a kind, shared ones included; a kind's own one wins over a shared one of the same name."""
    return Strings(
        lang,
        {**read_strings(LETTER, lang), **read_strings(kind, lang)},
        {**read_strings(LETTER, FALLBACK), **read_strings(kind, FALLBACK)},
    )


def read_strings(folder: str, lang: str, templates: Path = TEMPLATES) -> dict[str, str]:
    """One file of strings; a language without one has none of its own."""
    path = templates / folder / f"{lang}.yaml"
    if not path.is_file():
        return {}
    return {str(key): str(text) for key, text in yaml.safe_load(path.read_text(encoding="utf-8")).items()}
