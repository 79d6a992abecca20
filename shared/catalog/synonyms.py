"""Reads what people call a topic: words and short expressions, by language."""

from collections.abc import Collection

from shared.catalog.entry import Entry

_LONGEST = 60


def read_synonyms(entry: Entry, locales: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The synonyms at `entry`, by locale: `{"en": ["hacked", …], "sv": […]}`."""
    return {locale: _in_one_language(items) for locale, items in entry.mapping(known=locales).items()}


def _in_one_language(entry: Entry) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for item in entry.sequence():
        synonym = " ".join(item.string().split())
        if not any(character.isalnum() for character in synonym):
            item.error("a synonym needs a word")
        elif len(synonym) > _LONGEST:
            item.error(f"a synonym has at most {_LONGEST} characters")
        elif synonym.casefold() in found:
            item.error(f"“{synonym}” is given twice")
        else:
            found[synonym.casefold()] = synonym
    return tuple(found.values())
