"""The list of topics of step 1, and the search that narrows it. Pure: no request, no clock."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from shared.catalog.model import Catalog, Category
from shared.catalog.text import Text

_WORD = re.compile(r"[\w@.-]+")


@dataclass(frozen=True)
class Topic:
    """One row of the list; `words` is what the search looks into, folded, each word once."""

    path: str
    title: Text
    words: str


@dataclass(frozen=True)
class Segment:
    """One heading and the topics below it."""

    name: str
    title: Text
    topics: tuple[Topic, ...]


def fold(text: str) -> str:
    """`text` without case and accents, so that "Losenord" finds "Lösenord"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def list_topics(catalog: Catalog, locale: str) -> tuple[Segment, ...]:
    """Every path that people may choose, in the catalogue's order, with the words it can be found by in `locale`."""
    return tuple(
        Segment(name, title, tuple(_topic(category, title, locale) for category in catalog.in_segment(name)))
        for name, title in catalog.segments.items()
    )


def search(segments: Sequence[Segment], query: str) -> tuple[Segment, ...]:
    """The segments with only the topics that hold every word of `query` (anywhere in a word); empty ones are left out."""
    terms = fold(query).split()
    narrowed = []
    for segment in segments:
        topics = tuple(topic for topic in segment.topics if all(term in topic.words for term in terms))
        if topics:
            narrowed.append(Segment(segment.name, segment.title, topics))
    return tuple(narrowed)


def _topic(category: Category, segment: Text, locale: str) -> Topic:
    texts = [category.title, segment, *(item for block in category.help for item in block.items)]
    shown = " ".join(text.in_locale(locale).text for text in texts)
    words = dict.fromkeys(_WORD.findall(fold(shown)))
    return Topic(category.path, category.title, " ".join(word for word in words if len(word) > 2))
