"""Which known words a person may have meant by one: the word itself, other forms of it, what it begins, and slips of the keyboard."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

# How alike two words are, from 0 to 1.
SAME = 1.0
_OTHER_FORM = 0.9  # pin, pins
_WORD_START = 0.75  # pass, password
_ONE_SLIP = 0.75  # pasword
_SAME_STEM = 0.7  # declined, declining
_TWO_SLIPS = 0.5
_COMPOUND = 0.5  # kontoproblem begins with konto, årsfaktura ends with faktura

_STEM = 4
_SHORTEST_MISSPELT = 4
_SHORTEST_MISSPELT_TWICE = 8
_SHORTEST_PART = 3
_SHORTEST_TAIL = 5


class Vocabulary:
    """The words of all topics. Finding one costs a few look-ups, however many there are."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(set(words))
        self._known = frozenset(self._words)
        self._by_shortened: defaultdict[str, set[str]] = defaultdict(set)
        for word in self._words:
            for shortened in _shortened(word):
                self._by_shortened[shortened].add(word)

    def __contains__(self, word: str) -> bool:
        return word in self._known

    def meanings(self, word: str) -> list[Mapping[str, float]]:
        """What `word` may mean, as known words and how alike they are: one mapping, two for a compound, none for an unknown word."""
        forms = self._forms(word)
        if max(forms.values(), default=0) >= _WORD_START:
            return [forms]
        misspelt = self._misspelt(word)
        slipped_once = {known: alike for known, alike in misspelt.items() if alike == _ONE_SLIP}
        if slipped_once or max(forms.values(), default=0) == _SAME_STEM:
            return [{**forms, **slipped_once}]
        return self._parts(word) or [found for found in (forms or misspelt,) if found]

    def _forms(self, word: str) -> dict[str, float]:
        return {known: alike for known in self._candidates(word) if (alike := _likeness(word, known)) > 0}

    def _candidates(self, word: str) -> Iterator[str]:
        start = word[:_STEM]
        for position in range(bisect_left(self._words, start), len(self._words)):
            if not self._words[position].startswith(start):
                break
            yield self._words[position]
        # "ads" and "ad", "pins" and "pin": shorter than a stem
        yield from (shorter for shorter in (word[:-1], word[:-2]) if len(shorter) < _STEM and shorter in self._known)

    def _misspelt(self, word: str) -> dict[str, float]:
        found: dict[str, float] = {}
        for shortened, slips in _shortened(word).items():
            for known in self._by_shortened.get(shortened, ()):
                if len(word) > _SHORTEST_MISSPELT or known[0] == word[0]:
                    alike = _ONE_SLIP if max(slips, _shortened(known)[shortened]) < 2 else _TWO_SLIPS
                    found[known] = max(found.get(known, 0), alike)
        return found

    def _parts(self, word: str) -> list[Mapping[str, float]]:
        """The two known words of a compound, pinknapp; else the known one that it ends with, årsfaktura, which says what it is."""
        tail: list[Mapping[str, float]] = []
        for end in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            first, second = word[:end], word[end:]
            forms = {known: alike for known, alike in self._forms(second).items() if alike >= _OTHER_FORM}
            if forms and (first in self._known or first.removesuffix("s") in self._known):
                return [self._forms(first), forms]
            if second in self._known and len(second) >= _SHORTEST_TAIL and not tail:
                tail = [{second: _COMPOUND}]
        return tail


def _likeness(word: str, known: str) -> float:
    """How alike two words with the same beginning are; 0: not at all."""
    if word == known:
        return SAME
    shared = _shared_start(word, known)
    rest, known_rest = len(word) - shared, len(known) - shared
    if rest == 0:
        if known_rest <= 2 and (shared > 2 or known_rest == 1):
            return _OTHER_FORM
        return _WORD_START if shared > 2 else 0
    if known_rest == 0:
        if rest <= 2:
            return _OTHER_FORM if shared >= 2 else 0
        return _COMPOUND if shared >= _STEM else 0
    same_stem = shared >= _STEM and max(rest, known_rest) <= 3 and shared > 0.55 * max(len(word), len(known))
    return _SAME_STEM if same_stem else 0


def _shared_start(one: str, other: str) -> int:
    for position, (first, second) in enumerate(zip(one, other, strict=False)):
        if first != second:
            return position
    return min(len(one), len(other))


def _shortened(word: str) -> dict[str, int]:
    """`word` and what it is without one character, of long words without two: misspelt words share such with the right one."""
    if len(word) < _SHORTEST_MISSPELT:
        return {}
    once = {word[:position] + word[position + 1 :] for position in range(len(word))}
    found = dict.fromkeys(once, 1)
    if len(word) >= _SHORTEST_MISSPELT_TWICE:
        twice = {one[:position] + one[position + 1 :] for one in once for position in range(len(one))}
        found = {**dict.fromkeys(twice, 2), **found}
    return {**found, word: 0}
