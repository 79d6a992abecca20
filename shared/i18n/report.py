"""How far each language is translated, and which texts break the glossary. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.catalog.model import GlossaryRule
from shared.catalog.text import FALLBACK
from shared.i18n.sentence import Sentence


@dataclass(frozen=True)
class Language:
    """One language: how many sentences there are in each part, and which lack a text."""

    locale: str
    total: Mapping[str, int]
    untranslated: Sequence[Sentence]

    @property
    def percent(self) -> int:
        """Whole percent, rounded down: 100 means that nothing is missing."""
        total = sum(self.total.values())
        return 100 * (total - len(self.untranslated)) // total if total else 100


@dataclass(frozen=True)
class Breach:
    """A text that holds what the glossary forbids."""

    sentence: Sentence
    rule: GlossaryRule
    found: str


def languages(sentences: Sequence[Sentence]) -> list[Language]:
    """English first, then every language that any sentence is in."""
    locales = {locale for sentence in sentences for locale in sentence.texts} | {FALLBACK}
    total = Counter(sentence.part for sentence in sentences)
    return [
        Language(locale, total, [one for one in sentences if not one.texts.get(locale, "").strip()])
        for locale in sorted(locales, key=lambda locale: (locale != FALLBACK, locale))
    ]


def breaches(sentences: Sequence[Sentence], glossary: Sequence[GlossaryRule]) -> list[Breach]:
    """Every text that a rule of its language forbids."""
    found = []
    for rule in glossary:
        pattern = re.compile(rule.never, re.IGNORECASE)
        for sentence in sentences:
            match = pattern.search(sentence.texts.get(rule.locale, ""))
            if match:
                found.append(Breach(sentence, rule, match[0]))
    return found
