"""Finds the few rules that may match a note, however many rules there are."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.triage.rules.keys import PATHS, PRESENCE, WORDS, Cover, covers, values_in
from services.triage.rules.model import Rule
from shared.conditions import Seen

# A bucket of more rules than this is divided again by another channel, if one divides it.
_LARGE_BUCKET = 4
_MAX_LEVELS = 4


@dataclass
class Node:
    """Rules by their keys. `always` are those that no key tells apart; they are candidates for every note here."""

    always: list[int] = field(default_factory=list)
    channels: list[tuple[str, "Mapping[object, Node]"]] = field(default_factory=list)

    def collect(self, seen: Seen, found: set[int]) -> None:
        """Add the numbers of all rules that may match."""
        found.update(self.always)
        for channel, nodes in self.channels:
            if channel.startswith(WORDS):
                for word in nodes.keys() & values_in(channel, seen):
                    nodes[word].collect(seen, found)
                continue
            for value in values_in(channel, seen):
                node = nodes.get(value)
                if node is not None:
                    node.collect(seen, found)


def build(rules: Sequence[Rule]) -> Node:
    """The index of a ruleset; numbers are places in `rules`."""
    return _divide([(number, covers(rule.when)) for number, rule in enumerate(rules)], 0)


Entry = tuple[int, list[Cover]]


def _divide(entries: Sequence[Entry], level: int) -> Node:
    node = Node()
    crowd = Counter(key for _, choices in entries for key in frozenset().union(*choices))
    filed: dict[str, dict[object, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for number, choices in entries:
        cover = min(choices, key=lambda choice: _cost(choice, crowd), default=None)
        if cover is None or (level and _cost(cover, crowd)[0] >= len(entries)):
            node.always.append(number)
            continue
        left = [choice for choice in choices if choice is not cover]
        for channel, value in cover:
            filed[channel][value].append((number, left))
    for channel, buckets in filed.items():
        node.channels.append((channel, {value: _bucket(bucket, level) for value, bucket in buckets.items()}))
    return node


def _bucket(entries: Sequence[Entry], level: int) -> Node:
    if len(entries) <= _LARGE_BUCKET or level + 1 >= _MAX_LEVELS:
        return Node(always=[number for number, _ in entries])
    return _divide(entries, level + 1)


def _cost(cover: Cover, crowd: Mapping[tuple[str, object], int]) -> tuple[int, int]:
    """How many rules share the most crowded of the keys; then, what it takes to look the keys up."""
    return max((crowd[key] for key in cover), default=0), max((_effort(channel) for channel, _ in cover), default=0)


def _effort(channel: str) -> int:
    if channel.startswith(WORDS):
        return 3
    return 2 if channel.startswith(PRESENCE) else int(channel.startswith(PATHS))
