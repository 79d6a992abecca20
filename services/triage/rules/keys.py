"""What a condition needs: keys of which a note must have at least one for the condition to hold.

A *cover* of a condition is a set of keys such that no note without any of them can match. The engine files a rule under
one of its covers, and so looks only at rules whose keys the note has.
"""

from collections.abc import Iterable, Iterator
from typing import cast

from shared.conditions import Condition, FieldTest, Seen

Key = tuple[str, object]  # a channel ("country", "words of text", "there is missing_evidence") and a value in it
Cover = frozenset[Key]
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
        return frozenset((WORDS + test.field, word) for word in (*singles, *(p.split()[0] for p in phrases)))
    if test.operand is False:
        return None
    return frozenset(((PRESENCE + test.field, True),))


def values_in(channel: str, seen: Seen) -> Iterable[object]:
    """What the note has in a channel."""
    if channel.startswith(WORDS):
        return seen.words(channel.removeprefix(WORDS)).known
    if channel.startswith(PRESENCE):
        return (True,) if seen.value(channel.removeprefix(PRESENCE)) is not None else ()
    if channel.startswith(PATHS):
        return _paths(seen.value(channel.removeprefix(PATHS)))
    value = seen.value(channel)
    if isinstance(value, list | tuple):
        return [element for element in value if isinstance(element, str | int | float)]
    return (value,) if isinstance(value, str | int | float) else ()


def _paths(value: object) -> Iterator[str]:
    """A path and every path above it."""
    path = value if isinstance(value, str) else ""
    while path:
        yield path
        path = path.rpartition("/")[0]
