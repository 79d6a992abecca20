"""What a condition needs: keys of which a ticket must have at least one for the condition to hold.

A *cover* of a condition is a set of keys such that no ticket without any of them can match. The engine files a rule under
one of its covers, and so looks only at rules whose keys the ticket has.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import cast

from services.triage.rules.document.model import Rule
from shared.conditions import OPERATORS, Condition, FieldTest, MemoisedFacts
from shared.conditions.keys import PATHS, PRESENCE, WORDS, Key
from shared.conditions.word_finder import MOST_AT_ONCE, finder

Cover = frozenset[Key]
_SCALARS = (str, int, float)


def count_keys(rules: Sequence[Rule]) -> Counter[Key]:
    """How many rules need each key: where there is a choice, a rule is filed where few others are."""
    return Counter(key for rule in rules for key in set(_needed(rule.when)))


def _needed(condition: Condition | None) -> Iterator[Key]:
    if isinstance(condition, FieldTest):
        for keys in _alternatives(condition):
            yield from keys
    elif condition is not None and condition.kind != "none":
        for member in condition.members:
            yield from _needed(member)


def covers(condition: Condition | None, counts: Mapping[Key, int]) -> list[Cover]:
    """The covers that are found at once, one of which is enough; none when any ticket may match."""
    if condition is None:
        return []
    if isinstance(condition, FieldTest):
        alternatives = _alternatives(condition)
        return [frozenset(min(keys, key=lambda key: counts[key]) for keys in alternatives)] if alternatives else []
    if condition.kind == "all":
        return [cover for member in condition.members for cover in covers(member, counts)]
    if condition.kind == "any":
        emptiest = [
            min(covers(member, counts), key=partial(_rating, counts), default=None) for member in condition.members
        ]
        if None not in emptiest:
            return [frozenset().union(*(cover for cover in emptiest if cover is not None))]
    return []


def _rating(counts: Mapping[Key, int], cover: Cover) -> tuple[int, int]:
    return largest_bucket(cover, counts), len(cover)


def largest_bucket(cover: Cover, counts: Mapping[Key, int]) -> int:
    """How many rules need the most needed key of the cover."""
    return max((counts[key] for key in cover), default=0)


def _alternatives(test: FieldTest) -> list[Sequence[Key]]:
    """The operator's keys. Earlier tickets are counted when a test asks; facts have no key of their number."""
    alternatives = OPERATORS.of(test).keys(test)
    return [] if test.field == "previous_tickets" else alternatives


def reader(channel: str, wanted: Iterable[object]) -> Callable[[MemoisedFacts], Iterable[object]]:
    """Reads from facts what they have in a channel; of words, only those that are wanted. Raises ValueError for an unknown one."""
    if channel.startswith(WORDS):
        return _words(channel.removeprefix(WORDS), frozenset(cast(Iterable[str], wanted)))
    for prefix, read in _READERS.items():
        if channel.startswith(prefix):
            return partial(read, channel.removeprefix(prefix))
    if " " in channel:
        raise ValueError(
            f"no facts are read by {channel!r}: a key of shared/conditions/keys.py without its reader here"
        )
    return _text if channel == "text" else _values(channel)


def _values(field: str) -> Callable[[MemoisedFacts], Iterable[object]]:
    def read(facts: MemoisedFacts) -> Iterable[object]:
        value = facts.raw.get(field)
        if value is None:
            return ()
        if isinstance(value, list | tuple):
            return [element for element in value if isinstance(element, _SCALARS)]
        return (value,) if isinstance(value, _SCALARS) else ()

    return read


def _text(facts: MemoisedFacts) -> Iterable[object]:
    """Subject and message together, which are no fact of their own."""
    return (facts.value("text"),)


def _paths(field: str, facts: MemoisedFacts) -> Iterable[object]:
    """A path and every path above it."""
    value = facts.raw.get(field)
    if not isinstance(value, str):
        return ()
    paths = [value]
    end = value.rfind("/")
    while end > 0:
        paths.append(value[:end])
        end = value.rfind("/", 0, end)
    return paths


def _words(field: str, wanted: frozenset[str]) -> Callable[[MemoisedFacts], Iterable[object]]:
    if len(wanted) <= MOST_AT_ONCE:
        find = finder(wanted)
        return lambda facts: find(facts.words(field))
    # Two sets meet in C: a tenth of the time of looking up each of a ticket's words in turn.
    return lambda facts: facts.words(field).among(wanted)


def _presence(field: str, facts: MemoisedFacts) -> Iterable[object]:
    return (True,) if facts.value(field) is not None else ()


_READERS = {PATHS: _paths, PRESENCE: _presence}
