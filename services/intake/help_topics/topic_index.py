"""What each topic can be found by, read once from the catalogue for readers of one language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import log

from services.intake.help_topics.vocabulary import Vocabulary
from services.intake.help_topics.words import all_words, telling_words
from shared.catalog.model import Catalog, Category
from shared.catalog.text import Text

# How much a word counts by where it stands. Titles and synonyms name the problem, help texts speak of others too.
_NAME, _HELP, _QUESTION, _SEGMENT = 1.0, 0.4, 0.3, 0.4
# People write in another language than the page's too, but a word of their own language means more.
_OTHER_LANGUAGE = 0.85


@dataclass(frozen=True)
class Name:
    """A title or synonym, as its telling words. `weight`: less than 1 in another language than the reader's."""

    words: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class Topic:
    """One path that people may choose. `words`: all that it can be found by, and how much each counts."""

    category: Category
    names: tuple[Name, ...]
    words: Mapping[str, float]


@dataclass(frozen=True)
class TopicIndex:
    """All topics in the catalogue's order. `rarity`: how much a word tells topics apart."""

    topics: tuple[Topic, ...]
    vocabulary: Vocabulary
    rarity: Mapping[str, float]


def index_topics(catalog: Catalog, locale: str) -> TopicIndex:
    """The index for readers of `locale`; it holds the words of every language of the catalogue."""
    languages = {one: 1.0 if one == locale else _OTHER_LANGUAGE for one in catalog.locales}
    topics = tuple(_topic(category, catalog.segments[category.segment], languages) for category in catalog.listed())
    use: dict[str, float] = {}
    for topic in topics:
        for word, weight in topic.words.items():
            use[word] = use.get(word, 0) + weight
    rarity = {word: log(1 + len(topics) / number) for word, number in use.items()}
    return TopicIndex(topics, Vocabulary(rarity), rarity)


def _topic(category: Category, segment: Text, languages: Mapping[str, float]) -> Topic:
    names: list[Name] = []
    weights: dict[str, float] = {}
    for locale, weight in languages.items():
        given = (category.title.get(locale, ""), *category.synonyms.get(locale, ()))
        names += [Name(words, weight) for name in given if (words := tuple(telling_words(all_words(name))))]
        for text, share in _texts(category, segment):
            for word in telling_words(all_words(text.get(locale, ""))):
                weights[word] = max(weights.get(word, 0), share * weight)
    for named in names:
        for word in named.words:
            weights[word] = max(weights.get(word, 0), _NAME * named.weight)
    return Topic(category, tuple(names), weights)


def _texts(category: Category, segment: Text) -> Iterator[tuple[Text, float]]:
    yield segment, _SEGMENT
    yield from ((item, _HELP) for block in category.help for item in block.items)
    for field in category.fields:
        yield field.label, _QUESTION
        yield from ((option.label, _QUESTION) for option in field.options)
    yield from ((slot.label, _QUESTION) for slot in category.evidence)
