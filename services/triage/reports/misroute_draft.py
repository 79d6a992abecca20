"""A draft that would have placed misrouted notes better: the rule that a lead would write from the report."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_LONGEST_ID = 64


@dataclass(frozen=True)
class MisrouteDraft:
    """A rule and its place among the others; `instead`: in place of the one that is there. `document` has it already."""

    document: dict[str, Any]
    place: int
    rule: dict[str, Any]
    instead: bool


def misroute_draft(
    document: Mapping[str, Any], category: str, rule: str | None, words: Sequence[str], team: str
) -> MisrouteDraft:
    """The document with one rule more: notes of `category` with one of `words` go to `team`.

    It stands before the rule that placed them, since the first that sets a team decides; after all others where none did, and
    first of all where that rule is no more. A rule that was about just these notes gets the other team: one above it would leave
    nothing to it.
    """
    rules = list(document.get("rules") or [])
    places = [place for place, one in enumerate(rules) if one["id"] == rule]
    place = places[0] if places else len(rules) if rule is None else 0
    about: dict[str, Any] = {"field": "category", "is": category}
    if places and not words and rules[place].get("when") in (about, {"all": [about]}):
        new = {**rules[place], "then": {**rules[place]["then"], "team": team}}
        return MisrouteDraft({**document, "rules": [*rules[:place], new, *rules[place + 1 :]]}, place, new, True)
    taken = {one["id"] for one in rules}
    new = {
        "id": _free_id(f"{re.sub(r'[^A-Za-z0-9]+', '-', category)}-to-{team}", taken),
        "when": {"all": [about, {"field": "text", "contains_any": list(words)}]} if words else about,
        "then": {"team": team},
    }
    return MisrouteDraft({**document, "rules": [*rules[:place], new, *rules[place:]]}, place, new, False)


def _free_id(wanted: str, taken: set[str]) -> str:
    name, number = wanted[: _LONGEST_ID - 4], 2
    while name in taken:
        name, number = f"{wanted[: _LONGEST_ID - 4]}-{number}", number + 1
    return name
