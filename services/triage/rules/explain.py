"""Explains a decision: which rule set what, and which rules came close."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from services.triage.rules.document.model import DEFAULT_PRIORITY, Rule
from services.triage.rules.engine.compile import CompiledRuleset
from services.triage.rules.engine.decide import combine, prepare_facts
from services.triage.rules.engine.decision import Decision
from shared.conditions import Condition, Facts, FieldTest, Group, MemoisedFacts, holds

# Of a long ruleset only those that came closest.
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

    `outranked` names each rule that matched and sets something that one above it had decided already, at most 100.
    `not_matched` names each rule that did not match with the first of its tests that failed, its path in `when`, the
    value of the field, and how many tests held before it; those that came closest first, at most 100.
    """
    prepared = prepare_facts(ruleset, facts)
    matching: list[Rule] = []
    missed: list[dict[str, object]] = []
    for rule, check in ruleset.checks:
        if rule.when is None or check is None or check(prepared):
            matching.append(rule)
        else:
            missed.append({"rule": rule.id, **_failure(rule.when, prepared)})
    missed.sort(key=_distance)
    decision = combine(ruleset, matching, prepared)
    return Explanation(
        decision,
        _decided(ruleset, decision, matching, prepared),
        list(islice(_outranked(decision, matching), MAX_NOT_MATCHED)),
        missed[:MAX_NOT_MATCHED],
    )


def _distance(entry: dict[str, object]) -> int:
    held = entry["held_before"]
    return -held if isinstance(held, int) else 0


def _decided(
    ruleset: CompiledRuleset, decision: Decision, matching: list[Rule], facts: MemoisedFacts
) -> dict[str, dict[str, object]]:
    by_id = {rule.id: rule for rule in matching}
    rules = decision.rules

    def decided(value: object, rule: str | None, otherwise: list[object]) -> dict[str, object]:
        because = otherwise if rule is None else list(_because(by_id[rule].when, facts))
        return {"value": value, "rule": rule, "because": because}

    category = facts.value("category")
    segment = category.partition("/")[0] if isinstance(category, str) else ""
    terms = ruleset.document.teams.get(decision.team)
    timed = terms is not None and terms.respond_within is not None
    return {
        "team": decided(decision.team, rules.team, [{"field": "category", "within": segment}] if segment else []),
        "priority": decided(decision.priority, rules.priority, [{"default": DEFAULT_PRIORITY}]),
        "respond_within": decided(
            decision.respond_within, rules.respond_within, [{"team": decision.team}] if timed else []
        ),
        "hold": decided(decision.hold, rules.hold, []),
        "tags": {
            "value": list(decision.tags),
            "rules": list(rules.tags),
            "because": {rule: list(_because(by_id[rule].when, facts)) for rule in rules.tags},
        },
    }


def _outranked(decision: Decision, matching: list[Rule]) -> Iterator[dict[str, object]]:
    """What rules that matched set without effect: the facet, the value, and the rule above that decided it."""
    for rule in matching:
        effects = rule.then.as_document()
        for facet in ("team", "priority", "respond_within", "hold"):
            by = getattr(decision.rules, facet)
            if facet in effects and by != rule.id:
                yield {"rule": rule.id, "facet": facet, "value": effects[facet], "by": by}


def _because(condition: Condition | None, facts: MemoisedFacts) -> Iterator[dict[str, object]]:
    """The tests that made a condition hold: all of `all`, the first that held of `any`, `none` as a whole."""
    if condition is None:
        return
    if isinstance(condition, FieldTest) or condition.kind == "none":
        yield condition.as_document()
        return
    holding = [member for member in condition.members if holds(member, facts)]
    for member in holding if condition.kind == "all" else holding[:1]:
        yield from _because(member, facts)


def _failure(condition: Condition, facts: MemoisedFacts) -> dict[str, object]:
    """The first test that made the condition fail."""
    where, inside, held = "when", None, 0
    while isinstance(condition, Group):
        number, held = _first_wrong(condition, facts, held)
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
        failure["value"] = _value(condition, facts)
    if inside is not None:
        failure["inside"] = inside
    return failure


def _first_wrong(group: Group, facts: MemoisedFacts, held: int) -> tuple[int | None, int]:
    """The member that made a failing group fail, and how many tests held before it."""
    if group.kind == "any":
        return (0 if group.members else None), held
    wrong = group.kind == "none"
    for number, member in enumerate(group.members):
        if holds(member, facts) is wrong:
            return number, held
        held += 1
    return None, held


def _value(test: FieldTest, facts: MemoisedFacts) -> object:
    if test.field == "previous_tickets":
        return facts.previous_tickets(test.days, test.same_path)
    return facts.value(test.field)
