"""What a condition needs: keys of which a note must have at least one for the condition to hold.

A *cover* of a condition is a set of keys such that no note without any of them can match. The engine files a rule under
one of its covers, and so looks only at rules whose keys the note has.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import cast

from shared.conditions import Condition, FieldTest, Seen
from shared.conditions.word_finder import MOST_AT_ONCE, finder

Key = tuple[str, object]  # a channel ("country", "words of text", "there is missing_evidence") and a value in it
Cover = frozenset[Key]
_SCALARS = (str, int, float)
PATHS, WORDS, PRESENCE = "within ", "words of ", "there is "


def covers(condition: Condition | None) -> list[Cover]:
    """The covers that are seen at once, one of which is enough; none when any note may match."""
    if condition is None:
        return []
    if isinstance(condition, FieldTest):
        cover = _of_test(condition)
        return [] if cover is None else [cover]
    if condition.kind == "all":
        return [cover for member in condition.members for cover in covers(member)]
    if condition.kind == "any":
        smallest = [min(covers(member), key=len, default=None) for member in condition.members]
        if None not in smallest:
            return [frozenset().union(*(cover for cover in smallest if cover is not None))]
    return []


def _of_test(test: FieldTest) -> Cover | None:
    if test.field == "previous_tickets":
        return None
    if test.operator in ("is", "in"):
        values = test.operand if isinstance(test.operand, tuple) else (test.operand,)
        return frozenset((test.field, value) for value in values)
    if test.operator == "within":
        return frozenset(((PATHS + test.field, test.operand),))
    if test.operator == "contains_any":
        singles, phrases = cast(tuple[frozenset[str], tuple[str, ...]], test.wanted)
        # What is in the subject or the message is in the text, and a note is split into words once.
        channel = WORDS + ("text" if test.field in ("subject", "message") else test.field)
        return frozenset((channel, word) for word in (*singles, *map(_rarest, phrases)))
    if test.operand is False:
        return None
    return frozenset(((PRESENCE + test.field, True),))


def _rarest(phrase: str) -> str:
    """The word of a phrase that few notes will have: the longest."""
    return max(phrase.split(), key=len)


def reader(channel: str, wanted: Iterable[object]) -> Callable[[Seen], Iterable[object]]:
    """Reads from a note what it has in a channel; of its words, only those that are wanted."""
    if channel.startswith(WORDS):
        return _words(channel.removeprefix(WORDS), frozenset(cast(Iterable[str], wanted)))
    for prefix, read in _READERS.items():
        if channel.startswith(prefix):
            return partial(read, channel.removeprefix(prefix))
    return _values(channel)


def _values(field: str) -> Callable[[Seen], Iterable[object]]:
    def read(seen: Seen) -> Iterable[object]:
        value = seen.facts.get(field)
        if value is None:
            return ()
        if isinstance(value, list | tuple):
            return [element for element in value if isinstance(element, _SCALARS)]
        return (value,) if isinstance(value, _SCALARS) else ()

    return read


def _paths(field: str, seen: Seen) -> Iterable[object]:
    """A path and every path above it."""
    value = seen.facts.get(field)
    if not isinstance(value, str):
        return ()
    paths = [value]
    end = value.rfind("/")
    while end > 0:
        paths.append(value[:end])
        end = value.rfind("/", 0, end)
    return paths


def _words(field: str, wanted: frozenset[str]) -> Callable[[Seen], Iterable[object]]:
    if len(wanted) <= MOST_AT_ONCE:
        find = finder(wanted)
        return lambda seen: find(seen.words(field))
    # Two sets meet in C: a tenth of the time of looking up each of a note's words in turn.
    return lambda seen: seen.words(field).among(wanted)


def _presence(field: str, seen: Seen) -> Iterable[object]:
    return (True,) if seen.value(field) is not None else ()


_READERS = {PATHS: _paths, PRESENCE: _presence}
