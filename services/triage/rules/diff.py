"""What is different between two ruleset documents, rule by rule."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SETTINGS = ("language", "timezone")


@dataclass(frozen=True)
class Difference:
    """What changed on the way from one document to another.

    `changed` rules kept their id. `moved` rules are elsewhere among those that both documents have; numbers count
    from 0 in the whole list. `settings` and the tables map a name to its (old, new), None for what is not there.
    """

    added: list[Mapping[str, object]]
    removed: list[Mapping[str, object]]
    changed: list[Mapping[str, object]]
    moved: list[Mapping[str, object]]
    settings: Mapping[str, Mapping[str, object]]
    teams: Mapping[str, Mapping[str, object]]
    default_teams: Mapping[str, Mapping[str, object]]

    def as_document(self) -> dict[str, object]:
        """The difference as JSON gives it."""
        return dict(vars(self))

    @property
    def empty(self) -> bool:
        """Whether there is no difference."""
        return not any(vars(self).values())


def difference(old: Mapping[str, object], new: Mapping[str, object]) -> Difference:
    """The difference from `old` to `new`; both are documents that parse_document accepts."""
    before, after = _rules(old), _rules(new)
    index_before = {name: number for number, name in enumerate(before)}
    index_after = {name: number for number, name in enumerate(after)}
    shared = [name for name in after if name in before]
    staying = _longest_rising([index_before[name] for name in shared])
    return Difference(
        added=[{"id": name, "at": index_after[name], "rule": after[name]} for name in after if name not in before],
        removed=[{"id": name, "at": index_before[name], "rule": before[name]} for name in before if name not in after],
        changed=[
            {"id": name, "from": before[name], "to": after[name]} for name in shared if before[name] != after[name]
        ],
        moved=[
            {"id": name, "from": index_before[name], "to": index_after[name]}
            for name in shared
            if index_before[name] not in staying
        ],
        settings=_changes({name: old.get(name) for name in _SETTINGS}, {name: new.get(name) for name in _SETTINGS}),
        teams=_changes(_table(old, "teams"), _table(new, "teams")),
        default_teams=_changes(_table(old, "default_teams"), _table(new, "default_teams")),
    )


def _rules(document: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    rules = document.get("rules")
    return {str(rule["id"]): rule for rule in rules} if isinstance(rules, list) else {}


def _table(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = document.get(name)
    return table if isinstance(table, Mapping) else {}


def _changes(old: Mapping[str, object], new: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    names = dict.fromkeys((*old, *new))
    return {name: {"from": old.get(name), "to": new.get(name)} for name in names if old.get(name) != new.get(name)}


def _longest_rising(numbers: Sequence[int]) -> frozenset[int]:
    """The longest increasing subsequence of the numbers: the rules that need not have moved."""
    ends: list[int] = []  # the smallest last number of a run of each length
    previous: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(ends, number)
        previous[number] = ends[at - 1] if at else None
        ends[at : at + 1] = [number]
    chosen: set[int] = set()
    number_or_none = ends[-1] if ends else None
    while number_or_none is not None:
        chosen.add(number_or_none)
        number_or_none = previous[number_or_none]
    return frozenset(chosen)
