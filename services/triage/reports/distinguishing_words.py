"""Words that occur in one set of texts much more often than in another."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.conditions.words import split

MOST_WORDS = 8
# A word in fewer texts than this may be there by chance.
FEWEST = 5
# Shorter words are mostly function words.
SHORTEST = 3
# Standard errors; by chance about one word in 740 exceeds it (one-sided, normal).
SIGNIFICANT = 3.0


@dataclass(frozen=True)
class DistinguishingWord:
    """A case-folded word, the number of texts that hold it, and the number of other texts that do."""

    word: str
    here: int
    elsewhere: int


def distinguishing_words(here: Sequence[str], elsewhere: Sequence[str]) -> list[DistinguishingWord]:
    """The words that occur in significantly more of the texts `here` than of those `elsewhere`, the most significant first.

    A word counts once in a text. Its log-odds ratio, with half a text added to each count so that none is zero, is divided by its
    standard error (Morris and Gardner, BMJ 1988;296:1313); words below three standard errors are left out.
    """
    counts, others = _counted(here), _counted(elsewhere)
    rated = [(_rating(count, len(here), others[word], len(elsewhere)), word) for word, count in counts.items()]
    significant = sorted((-rating, word) for rating, word in rated if rating >= SIGNIFICANT and counts[word] >= FEWEST)
    return [DistinguishingWord(word, counts[word], others[word]) for _, word in significant[:MOST_WORDS]]


def _counted(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for one in texts for word in set(split(one)) if len(word) >= SHORTEST and not word.isdigit())


def _rating(count: int, texts: int, other: int, others: int) -> float:
    a, b, c, d = (number + 0.5 for number in (count, texts - count, other, others - other))
    return math.log((a / b) / (c / d)) / math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
