"""Drafts a rule that routes misrouted tickets to the team that they were transferred to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.triage.rules.document.edit_text import with_rule
from services.triage.rules.document.write import as_yaml
from services.triage.rulesets.saved import Ruleset

_LONGEST_ID = 64


@dataclass(frozen=True)
class RuleDraft:
    """`document` with `rule` at `position`; `replaces`: instead of the rule that was there."""

    document: dict[str, Any]
    position: int
    rule: dict[str, Any]
    replaces: bool


def draft_rule(
    document: Mapping[str, Any], category: str, rule: str | None, words: Sequence[str], team: str
) -> RuleDraft:
    """The ruleset document with a rule that routes tickets of `category` that contain one of `words` to `team`.

    It is inserted before the rule that routed them (`rule`, an id), since the first rule that sets a team decides; at the end if no
    rule did, and at the start if that rule no longer exists. A rule that matches exactly these tickets is given the other team
    instead: with a rule above it, it would never decide.
    """
    rules = list(document.get("rules") or [])
    found = [position for position, one in enumerate(rules) if one["id"] == rule]
    position = found[0] if found else len(rules) if rule is None else 0
    condition: dict[str, Any] = {"field": "category", "is": category}
    if found and not words and rules[position].get("when") in (condition, {"all": [condition]}):
        new = {**rules[position], "then": {**rules[position]["then"], "team": team}}
        return RuleDraft({**document, "rules": [*rules[:position], new, *rules[position + 1 :]]}, position, new, True)
    used_ids = {one["id"] for one in rules}
    new = {
        "id": _free_id(f"{re.sub(r'[^A-Za-z0-9]+', '-', category)}-to-{team}", used_ids),
        "when": {"all": [condition, {"field": "text", "contains_any": list(words)}]} if words else condition,
        "then": {"team": team},
    }
    return RuleDraft({**document, "rules": [*rules[:position], new, *rules[position:]]}, position, new, False)


def _free_id(wanted: str, used_ids: set[str]) -> str:
    name, number = wanted[: _LONGEST_ID - 4], 2
    while name in used_ids:
        name, number = f"{wanted[: _LONGEST_ID - 4]}-{number}", number + 1
    return name


def draft_ruleset(based: Ruleset, category: str, rule: str | None, words: Sequence[str], team: str) -> tuple[str, str]:
    """The text of ruleset `based` with the drafted rule, its own comments kept if possible, and a comment for the change."""
    draft = draft_rule(based.document, category, rule, words, team)
    text = with_rule(based.text, draft.position, draft.rule, instead=draft.replaces) or as_yaml(draft.document)
    return text, f"{category}: to {team}" + (f" with {', '.join(words)}" if words else "")
