"""Decides by a ruleset: compiled once, then asked for every note."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.triage.rules.document.model import DEFAULT_PRIORITY, Effects, Rule, RulesetDocument, TeamTerms
from services.triage.rules.engine.decision import DecidingRules, Decision
from services.triage.rules.engine.facts import Facts, local_time
from services.triage.rules.engine.index import Node, build
from services.triage.rules.engine.without_gc import uncollected
from shared.conditions import Check, Condition, FieldTest, Seen, check_of

_NO_TERMS = TeamTerms()
_NO_RULES = DecidingRules(None, None, None, None, ())


@dataclass(frozen=True)
class CompiledRuleset:
    """A ruleset made ready to decide. Frozen, and safe to share between threads."""

    document: RulesetDocument
    index: Node
    checks: tuple[tuple[Rule, Check | None], ...]
    asks_time: bool
    fallback_team: str


@uncollected
def compile_ruleset(document: RulesetDocument) -> CompiledRuleset:
    """The ruleset made ready; takes some milliseconds a thousand rules."""
    asks_time = any(_asks_time(rule.when) for rule in document.rules)
    # A document always names a team for every known path; an unknown path (a catalogue newer than the ruleset) still
    # reaches somebody.
    fallback = next(iter(document.default_teams.values()), next(iter(document.teams), ""))
    checks = tuple((rule, None if rule.when is None else check_of(rule.when)) for rule in document.rules)
    return CompiledRuleset(document, build(document.rules), checks, asks_time, fallback)


def _asks_time(condition: Condition | None) -> bool:
    if isinstance(condition, FieldTest):
        return condition.field in ("weekday", "hour")
    return condition is not None and any(map(_asks_time, condition.members))


def seen_by(ruleset: CompiledRuleset, facts: Facts) -> Seen:
    """The facts as this ruleset sees them: with weekday and hour in its time zone."""
    at = facts.get("submitted_at")
    if ruleset.asks_time and "hour" not in facts and isinstance(at, int | float):
        return Seen({**facts, **local_time(at, ruleset.document.timezone)})
    return Seen(facts)


def matching_rules(ruleset: CompiledRuleset, seen: Seen) -> list[Rule]:
    """The rules that match, from the top."""
    found: list[int] = []
    ruleset.index.collect(seen, found)
    if not found:
        return []
    ordered = sorted(set(found)) if len(found) > 1 else found
    checks = ruleset.checks
    return [rule for rule, check in [checks[number] for number in ordered] if check is None or check(seen)]


def decide(ruleset: CompiledRuleset, facts: Facts) -> Decision:
    """What the ruleset decides about a note with these facts (see facts.py). No facts make it raise."""
    seen = seen_by(ruleset, facts)
    return combine(ruleset, matching_rules(ruleset, seen), seen)


def combine(ruleset: CompiledRuleset, matching: Sequence[Rule], seen: Seen) -> Decision:
    """The decision of the rules that match: the first that sets an effect decides it, tags add up."""
    if not matching:  # most notes of most teams
        where = default_team(ruleset, seen.facts.get("category"))
        within = ruleset.document.teams.get(where, _NO_TERMS).respond_within
        return Decision(where, DEFAULT_PRIORITY, (), within, None, False, _NO_RULES)
    team = priority = respond_within = hold = None
    tags: tuple[str, ...] = ()
    tagging: tuple[str, ...] = ()
    for rule in matching:
        then: Effects = rule.then
        team = team if team or not then.team else rule
        priority = priority if priority or not then.priority else rule
        respond_within = respond_within if respond_within or not then.respond_within else rule
        hold = hold if hold or not then.hold else rule
        if then.tags:
            tags += then.tags
            tagging += (rule.id,)
    where = team.then.team if team and team.then.team else default_team(ruleset, seen.facts.get("category"))
    terms = ruleset.document.teams.get(where, _NO_TERMS)
    return Decision(
        where,
        (priority.then.priority if priority else None) or DEFAULT_PRIORITY,
        tuple(dict.fromkeys(tags)) if len(tags) > 1 else tags,
        respond_within.then.respond_within if respond_within else terms.respond_within,
        "evidence" if hold else None,
        hold is not None and seen.value("missing_evidence") is not None,
        DecidingRules(_id(team), _id(priority), _id(respond_within), _id(hold), tagging),
    )


def _id(rule: Rule | None) -> str | None:
    return None if rule is None else rule.id


def default_team(ruleset: CompiledRuleset, category: object) -> str:
    """The team of a path that no rule places: by its top segment."""
    segment = category.partition("/")[0] if isinstance(category, str) else ""
    return ruleset.document.default_teams.get(segment, ruleset.fallback_team)
