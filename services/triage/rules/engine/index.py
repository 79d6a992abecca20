"""Finds the few rules that may match a ticket, however many rules there are."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.triage.rules.document.model import Rule
from services.triage.rules.engine.index_keys import Cover, count_keys, covers, largest_bucket, reader
from shared.conditions import MemoisedFacts
from shared.conditions.keys import PRESENCE, WORDS, Key

_MAX_LEVELS = 6
# A rule about many paths and many countries would fill the index with copies of itself.
_MAX_COPIES = 64
_BY_WORDS, _BY_PRESENCE = 1, 2


@dataclass(slots=True)
class Node:
    """Rules by their keys. `always` are those that no key divides; they are candidates for every ticket that reaches this node."""

    always: list[int] = field(default_factory=list)
    channels: "list[tuple[Callable[[MemoisedFacts], Iterable[object]], dict[object, Node]]]" = field(
        default_factory=list
    )

    def collect(self, facts: MemoisedFacts, found: list[int]) -> None:
        """Add the numbers of all rules that may match; one may be added twice."""
        found += self.always
        for read, nodes in self.channels:
            for value in read(facts):
                node = nodes.get(value)
                if node is not None:
                    if node.channels:
                        node.collect(facts, found)
                    else:
                        found += node.always


class Entry(NamedTuple):
    """A rule by its number, the covers it may still be filed under, and into how many buckets it may still be copied."""

    number: int
    choices: list[Cover]
    copies: int


def build(rules: Sequence[Rule]) -> Node:
    """The index of a ruleset; numbers are indexes in `rules`. Raises UnknownOperator."""
    counts = count_keys(rules)
    return _divide([Entry(number, covers(rule.when, counts), _MAX_COPIES) for number, rule in enumerate(rules)], 0)


def _divide(entries: Sequence[Entry], level: int) -> Node:
    node = Node()
    counts = Counter(key for entry in entries for key in frozenset().union(*entry.choices))
    filed: dict[str, dict[object, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        cover = _choose(entry, counts, len(entries), level)
        if cover is None:
            node.always.append(entry.number)
            continue
        left = [choice for choice in entry.choices if choice is not cover]
        copy = Entry(entry.number, left, entry.copies // max(len(cover), 1))
        for channel, value in cover:
            filed[channel][value].append(copy)
    for channel, buckets in filed.items():
        nodes = {value: _bucket(bucket, level) for value, bucket in buckets.items()}
        node.channels.append((reader(channel, nodes), nodes))
    return node


def _bucket(entries: Sequence[Entry], level: int) -> Node:
    # Looking up a key is quicker than checking a single rule, so only a rule alone in its bucket is left undivided.
    if len(entries) == 1 or level + 1 >= _MAX_LEVELS:
        return Node(always=[entry.number for entry in entries])
    return _divide(entries, level + 1)


def _choose(entry: Entry, counts: Mapping[Key, int], rules: int, level: int) -> Cover | None:
    """The cover to file a rule under: by what is quick to look up, then by how few rules share its keys.

    None where no cover divides the rules. What is slow to look up is left for a lower level, which fewer tickets reach.
    """
    fitting = entry.choices if level == 0 else [choice for choice in entry.choices if len(choice) <= entry.copies]
    rated = [(_kind(choice), largest_bucket(choice, counts), choice) for choice in fitting]
    dividing = [one for one in rated if one[1] < rules] or (rated if level == 0 else [])
    return min(dividing, key=lambda one: one[:2])[2] if dividing else None


def _kind(cover: Cover | None) -> int:
    return max((_kind_of(channel) for channel, _ in cover), default=0) if cover is not None else 0


def _kind_of(channel: str) -> int:
    if channel.startswith(WORDS):
        return _BY_WORDS
    return _BY_PRESENCE if channel.startswith(PRESENCE) else 0
