"""Says why a note was decided as it was: which rule set what, and which rules came close."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from services.triage.rules.document.model import DEFAULT_PRIORITY, Rule
from services.triage.rules.engine.decision import Decision
from services.triage.rules.engine.engine import CompiledRuleset, combine, seen_by
from services.triage.rules.engine.facts import Facts
from shared.conditions import Condition, FieldTest, Group, Seen, holds

# With a long ruleset, those that failed last of all; nobody reads further.
MAX_NOT_MATCHED = 100
_TEXTS = frozenset(("subject", "message", "text"))


@dataclass(frozen=True)
class Explanation:
    """The decision and its reasons, as the API's `decided`, `outranked` and `not_matched`."""

    decision: Decision
    decided: dict[str, dict[str, object]]
    outranked: list[dict[str, object]]
    not_matched: list[dict[str, object]]


def explain(ruleset: CompiledRuleset, facts: Facts) -> Explanation:
    """Why these facts are decided as they are.

    `outranked` names each rule that matched and said something that one above it had decided already, at most 100.
    `not_matched` names each rule that did not match with the first of its tests that failed, its place in `when`, the
    value it met, and how many tests held before it; those that came closest first, at most 100.
    """
    seen = seen_by(ruleset, facts)
    matching: list[Rule] = []
    missed: list[dict[str, object]] = []
    for rule, check in ruleset.checks:
        if rule.when is None or check is None or check(seen):
            matching.append(rule)
        else:
            missed.append({"rule": rule.id, **_failure(rule.when, seen)})
    missed.sort(key=_distance)
    decision = combine(ruleset, matching, seen)
    return Explanation(
        decision,
        _decided(ruleset, decision, matching, seen),
        list(islice(_outranked(decision, matching), MAX_NOT_MATCHED)),
        missed[:MAX_NOT_MATCHED],
    )


def _distance(entry: dict[str, object]) -> int:
    held = entry["held_before"]
    return -held if isinstance(held, int) else 0


def _decided(
    ruleset: CompiledRuleset, decision: Decision, matching: list[Rule], seen: Seen
) -> dict[str, dict[str, object]]:
    by_id = {rule.id: rule for rule in matching}
    rules = decision.rules

    def said(value: object, rule: str | None, otherwise: list[object]) -> dict[str, object]:
        because = otherwise if rule is None else list(_because(by_id[rule].when, seen))
        return {"value": value, "rule": rule, "because": because}

    category = seen.value("category")
    segment = category.partition("/")[0] if isinstance(category, str) else ""
    terms = ruleset.document.teams.get(decision.team)
    timed = terms is not None and terms.respond_within is not None
    return {
        "team": said(decision.team, rules.team, [{"field": "category", "within": segment}] if segment else []),
        "priority": said(decision.priority, rules.priority, [{"default": DEFAULT_PRIORITY}]),
        "respond_within": said(
            decision.respond_within, rules.respond_within, [{"team": decision.team}] if timed else []
        ),
        "hold": said(decision.hold, rules.hold, []),
        "tags": {
            "value": list(decision.tags),
            "rules": list(rules.tags),
            "because": {rule: list(_because(by_id[rule].when, seen)) for rule in rules.tags},
        },
    }


def _outranked(decision: Decision, matching: list[Rule]) -> Iterator[dict[str, object]]:
    """What rules that matched said in vain: the facet, the value, and the rule above that decided it."""
    for rule in matching:
        said = rule.then.as_document()
        for facet in ("team", "priority", "respond_within", "hold"):
            by = getattr(decision.rules, facet)
            if facet in said and by != rule.id:
                yield {"rule": rule.id, "facet": facet, "value": said[facet], "by": by}


def _because(condition: Condition | None, seen: Seen) -> Iterator[dict[str, object]]:
    """The tests that made a condition hold: all of `all`, the first that held of `any`, `none` as a whole."""
    if condition is None:
        return
    if isinstance(condition, FieldTest) or condition.kind == "none":
        yield condition.as_document()
        return
    holding = [member for member in condition.members if holds(member, seen)]
    for member in holding if condition.kind == "all" else holding[:1]:
        yield from _because(member, seen)


def _failure(condition: Condition, seen: Seen) -> dict[str, object]:
    """The first test that made the condition fail."""
    where, inside, held = "when", None, 0
    while isinstance(condition, Group):
        number, held = _culprit(condition, seen, held)
        if number is None:
            return {"failed": condition.as_document(), "path": where, "held_before": held}
        if condition.kind == "none":
            inside = "none"
        where = f"{where}.{condition.kind}[{number}]"
        condition = condition.members[number]
        if inside == "none" and isinstance(condition, Group):
            return {"failed": {"none": [condition.as_document()]}, "path": where, "held_before": held}
    failure: dict[str, object] = {"failed": condition.as_document(), "path": where, "held_before": held}
    if condition.field not in _TEXTS:
        failure["value"] = _met(condition, seen)
    if inside is not None:
        failure["inside"] = inside
    return failure


def _culprit(group: Group, seen: Seen, held: int) -> tuple[int | None, int]:
    """The member that made a failing group fail, and how many tests held before it."""
    if group.kind == "any":
        return (0 if group.members else None), held
    wrong = group.kind == "none"
    for number, member in enumerate(group.members):
        if holds(member, seen) is wrong:
            return number, held
        held += 1
    return None, held


def _met(test: FieldTest, seen: Seen) -> object:
    if test.field == "previous_tickets":
        return seen.previous_tickets(test.days, test.same_path)
    return seen.value(test.field)
