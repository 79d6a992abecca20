"""The texts of the e-mails: one YAML file a kind and language; each missing string falls back to English by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from shared.catalog import Localised

TEMPLATES = Path(__file__).parent / "templates"
LAYOUT = "layout"  # the folder that all kinds share
FALLBACK = "en"
# A language is added by its files: the layout's file makes it a language.
LANGUAGES = (FALLBACK, *sorted(path.stem for path in (TEMPLATES / LAYOUT).glob("*.yaml") if path.stem != FALLBACK))


@dataclass(frozen=True)
class Strings:
    """The strings of a kind in one language, with the English ones to fall back to."""

    lang: str
    own: Mapping[str, str]
    fallback: Mapping[str, str]

    def __getitem__(self, key: str) -> Localised:
        """The string and its language. Raises KeyError for one that English lacks too."""
        if key in self.own:
            return Localised(self.own[key], self.lang)
        return Localised(self.fallback[key], FALLBACK)


def language_of(locale: str) -> str:
    """The language of the texts for `locale` (BCP 47, as the requester sent it): English where there are none."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else FALLBACK


@cache
def strings_of(kind: str, lang: str, templates: Path = TEMPLATES) -> Strings:
    """The strings of the kind `kind`, whose folder lies in `templates`, and of the layout; the kind's own win."""
    return Strings(
        lang,
        {**read_strings(LAYOUT, lang), **read_strings(kind, lang, templates)},
        {**read_strings(LAYOUT, FALLBACK), **read_strings(kind, FALLBACK, templates)},
    )


def read_strings(folder: str, lang: str, templates: Path = TEMPLATES) -> dict[str, str]:
    """One file of strings; empty where a language has none."""
    path = templates / folder / f"{lang}.yaml"
    if not path.is_file():
        return {}
    return {str(key): str(text) for key, text in yaml.safe_load(path.read_text(encoding="utf-8")).items()}
