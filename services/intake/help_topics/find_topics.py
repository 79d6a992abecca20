"""The topics that fit some words, the best first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from services.intake.help_topics.topic_index import Name, Topic, TopicIndex
from services.intake.help_topics.vocabulary import SAME
from services.intake.help_topics.words import all_words, telling_words
from shared.catalog.model import Category

MOST = 10
# Below this, or below this part of the best one's, a fitness is chance.
_LEAST_FITNESS = 0.12
_LEAST_OF_BEST = 0.18
# What is offered unasked has to fit better.
_MOST_SUGGESTED = 3
_LEAST_SUGGESTED = 0.7
_LEAST_SUGGESTED_OF_BEST = 0.6
# A word that a name lacks counts less than a word of the name that is not asked for: people write sentences.
_SURPLUS = 0.35
# What an unknown word counts: it may tell of something that no topic is about.
_UNKNOWN = 1.0
_MOST_TERMS = 40

# What one word of the query may mean: known words, and how alike they are.
Term = Mapping[str, float]


@dataclass(frozen=True)
class Found:
    """One topic and its fitness, which compares topics of one search only."""

    category: Category
    fitness: float


def find_topics(index: TopicIndex, text: str, most: int = MOST) -> list[Found]:
    """At most `most` topics that fit `text`, the best first. Any word counts; a topic need not have them all."""
    terms = _terms(index, text)
    if not any(terms):
        return []
    asked = sum(_weight(index, term) for term in terms)
    found = [Found(topic.category, _fitness(index, topic, terms, asked)) for topic in index.topics]
    found.sort(key=lambda one: (-one.fitness, _is_other(one)))
    least = max(_LEAST_FITNESS, _LEAST_OF_BEST * found[0].fitness)
    return [one for one in found[:most] if one.fitness >= least]


def suggest_topics(index: TopicIndex, text: str, form: str | None) -> list[Found]:
    """The few topics that may help the writer of `text`; never that of the `form` (a path), and none without help of its own."""
    found = find_topics(index, text)
    least = max(_LEAST_SUGGESTED, _LEAST_SUGGESTED_OF_BEST * found[0].fitness) if found else 0
    fitting = [one for one in found if one.fitness >= least and one.category.path != form and not _is_other(one)]
    return fitting[:_MOST_SUGGESTED]


def _is_other(found: Found) -> bool:
    """Whether it is the "different problem" of its segment."""
    return found.category.path.endswith("/other")


def _terms(index: TopicIndex, text: str) -> list[Term]:
    """The words of `text` that the topics know, in the forms they know; "log in" is `login` too."""
    words = all_words(text)[:_MOST_TERMS]
    joined = (first + second for first, second in pairwise(words))
    terms: list[Term] = [{word: SAME} for word in joined if word in index.vocabulary]
    for word in dict.fromkeys(telling_words(words)):
        terms += index.vocabulary.meanings(word) or [{}]
    return terms


def _weight(index: TopicIndex, term: Term) -> float:
    """How much the query's word tells topics apart: as its likeliest meaning does."""
    return max((alike * index.rarity[word] for word, alike in term.items()), default=_UNKNOWN)


def _fitness(index: TopicIndex, topic: Topic, terms: Iterable[Term], asked: float) -> float:
    words = sum(
        max((alike * index.rarity[word] * topic.words.get(word, 0) for word, alike in term.items()), default=0)
        for term in terms
    )
    return words / asked + max((_name_fitness(index, name, terms, asked) for name in topic.names), default=0)


def _name_fitness(index: TopicIndex, name: Name, terms: Iterable[Term], asked: float) -> float:
    """How much of a title or synonym is asked for, 0 to 1."""
    whole = sum(index.rarity[word] for word in name.words)
    shared = sum(index.rarity[word] * max((term.get(word, 0) for term in terms), default=0) for word in name.words)
    return name.weight * shared / (whole + _SURPLUS * max(0, asked - shared))
