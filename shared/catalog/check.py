"""Finds what is wrong in a catalogue that can be read; `vidare catalog check` prints it."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from shared.catalog.details import MESSAGES
from shared.catalog.help_html import spans
from shared.catalog.model import Catalog, Category, GlossaryRule
from shared.catalog.reader import WORD
from shared.catalog.strings import all_strings, help_strings
from shared.catalog.text import FALLBACK, Text

_MARKUP = re.compile(r"\]\(")


@dataclass(frozen=True)
class Problem:
    """One finding. An error must be fixed before the catalogue is used, a warning may wait."""

    severity: Literal["error", "warning"]
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.where}: {self.text}"


def check(catalog: Catalog) -> list[Problem]:
    """All findings, errors first."""
    found = [
        *_untranslated(catalog),
        *_words_not_set(catalog),
        *_links_not_set(catalog),
        *_glossary_errors(catalog),
        *_paths(catalog),
        *_last_in_segment(catalog),
        *_messages(catalog),
    ]
    return sorted(found, key=lambda problem: problem.severity)


def problems(catalog: Catalog) -> list[str]:
    """The findings of `check`, a line each."""
    return [str(problem) for problem in check(catalog)]


def _error(address: str, text: str, string: Text | None = None) -> Problem:
    return Problem("error", _where(address, string), text)


def _where(address: str, string: Text | None) -> str:
    return f"{address} ({string.source})" if string is not None and string.source else address


def _untranslated(catalog: Catalog) -> Iterator[Problem]:
    for address, string in all_strings(catalog):
        if not string.get(FALLBACK):
            yield _error(address, "the English text is missing", string)
        for locale in catalog.locales:
            if locale != FALLBACK and not string.get(locale):
                yield Problem("warning", _where(address, string), f"not translated: {locale}")


def _words_not_set(catalog: Catalog) -> Iterator[Problem]:
    for address, string in all_strings(catalog):
        for word in sorted({word for text in string.values() for word in WORD.findall(text)}):
            yield _error(address, f"“{{{word}}}” is used, but “{word}” is not set", string)


def _links_not_set(catalog: Catalog) -> Iterator[Problem]:
    linkable: set[str] = set()
    for category in catalog.categories.values():
        for address, string in help_strings(category):
            linkable.add(address)
            yield from _broken_links(category, address, string)
    for address, string in all_strings(catalog):
        if address not in linkable and any(_MARKUP.search(text) for text in string.values()):
            yield _error(address, "only help texts can hold links", string)


def _broken_links(category: Category, address: str, string: Text) -> Iterator[Problem]:
    runs = [span for text in string.values() for span in spans(text)]
    for target in sorted({span.target for span in runs if span.target is not None}):
        if target not in category.hrefs:
            yield _error(address, f"“{target}” is linked to, but not set", string)
    if any(span.target is None and _MARKUP.search(span.text) for span in runs):
        yield _error(address, "this looks like a link but is not one: write [text](links.key)", string)


def _glossary_errors(catalog: Catalog) -> Iterator[Problem]:
    for address, string in all_strings(catalog):
        for rule in catalog.glossary:
            found = re.search(rule.never, string.get(rule.locale, ""), re.IGNORECASE)
            if found:
                yield _error(address, _glossary_text(rule, found[0]), string)


def _glossary_text(rule: GlossaryRule, found: str) -> str:
    return f"{rule.locale}: “{found}” is not our word, write “{rule.instead}”"


def _paths(catalog: Catalog) -> Iterator[Problem]:
    for path, category in catalog.categories.items():
        target = category.forwards_to
        if target is not None and target not in catalog.categories:
            yield _error(path, f"forwards to “{target}”, which does not exist")
        elif target is not None and catalog.resolve(path) is None:
            yield _error(path, f"forwards to “{target}” in a circle, or to a path without a target")
        yield from _doubled_names(category)
    if catalog.username_help is not None and catalog.username_help not in catalog.categories:
        yield _error("username_help", f"“{catalog.username_help}” does not exist")


def _doubled_names(category: Category) -> Iterator[Problem]:
    evidence = Counter(slot.id for slot in category.evidence)
    fields = Counter(field.name for field in category.fields)
    for name in sorted(evidence):
        if evidence[name] > 1:
            yield _error(category.path, f"two slots of evidence have the id “{name}”")
        if name in fields:
            yield _error(category.path, f"“{name}” is both a field and evidence")
    for name in sorted(fields):
        if fields[name] > 1:
            yield _error(category.path, f"two fields have the name “{name}”")


def _last_in_segment(catalog: Catalog) -> Iterator[Problem]:
    for segment in catalog.segments:
        paths = [category.path for category in catalog.in_segment(segment)]
        if not paths or paths[-1] != f"{segment}/other":
            yield _error(segment, f"“{segment}/other” must be there, as the last of its list")


def _messages(catalog: Catalog) -> Iterator[Problem]:
    for code in sorted(MESSAGES - catalog.detail_rules.messages.keys()):
        yield _error(f"messages.{code}", "the text is missing")
