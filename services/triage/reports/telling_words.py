"""Words that set one heap of notes apart from another, by plain counts."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.conditions.words import split

MOST = 8
# A word in fewer notes of the heap than this may be there by chance.
FEWEST = 5
# Shorter words are the small change of a language.
SHORTEST = 3
# Standard deviations: seen by chance once in some 740 words (one-sided, normal).
SURE = 3.0


@dataclass(frozen=True)
class TellingWord:
    """A folded word; in how many notes of the heap it is, and in how many of the others."""

    word: str
    here: int
    elsewhere: int


def telling_words(here: Sequence[str], elsewhere: Sequence[str]) -> list[TellingWord]:
    """The words that are in far more of the texts `here` than of those `elsewhere`, the surest first.

    Each word is counted once a text. Its log-odds ratio (half a text added to each count, so that none is zero) is divided by
    its standard error: Morris and Gardner, BMJ 1988;296:1313. What is not three standard errors above none is not told.
    """
    counts, others = _counted(here), _counted(elsewhere)
    rated = [(_rating(count, len(here), others[word], len(elsewhere)), word) for word, count in counts.items()]
    sure = sorted((-rating, word) for rating, word in rated if rating >= SURE and counts[word] >= FEWEST)
    return [TellingWord(word, counts[word], others[word]) for _, word in sure[:MOST]]


def _counted(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for one in texts for word in set(split(one)) if len(word) >= SHORTEST and not word.isdigit())


def _rating(count: int, texts: int, other: int, others: int) -> float:
    a, b, c, d = (number + 0.5 for number in (count, texts - count, other, others - other))
    return math.log((a / b) / (c / d)) / math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
