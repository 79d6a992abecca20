"""A draft that would have placed misrouted notes better: the rule that a lead would write from the report."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_LONGEST_ID = 64


def misroute_draft(
    document: Mapping[str, Any], category: str, rule: str | None, words: Sequence[str], team: str
) -> dict[str, Any]:
    """The document with one rule more: notes of `category` with one of `words` go to `team`.

    It stands before the rule that placed them, since the first that sets a team decides; after all others where none did.
    """
    rules = list(document.get("rules") or [])
    taken = {one["id"] for one in rules}
    when: dict[str, Any] = {"field": "category", "is": category}
    if words:
        when = {"all": [when, {"field": "text", "contains_any": list(words)}]}
    new = {
        "id": _free_id(f"{re.sub(r'[^A-Za-z0-9]+', '-', category)}-to-{team}", taken),
        "when": when,
        "then": {"team": team},
    }
    places = [place for place, one in enumerate(rules) if one["id"] == rule]
    rules.insert(places[0] if places else len(rules), new)
    return {**document, "rules": rules}


def _free_id(wanted: str, taken: set[str]) -> str:
    name, number = wanted[: _LONGEST_ID - 4], 2
    while name in taken:
        name, number = f"{wanted[: _LONGEST_ID - 4]}-{number}", number + 1
    return name
