"""Decides by a ruleset: compiled once, then asked for every note."""

from dataclasses import dataclass

from services.triage.rules.decision import DecidingRules, Decision
from services.triage.rules.facts import Facts, local_time
from services.triage.rules.index import Node, build
from services.triage.rules.model import DEFAULT_PRIORITY, Effects, Priority, Rule, RulesetDocument, TeamTerms
from shared.conditions import Condition, FieldTest, Seen, holds

_NO_TERMS = TeamTerms()


@dataclass(frozen=True)
class CompiledRuleset:
    """A ruleset made ready to decide. Frozen, and safe to share between threads."""

    document: RulesetDocument
    index: Node
    asks_time: bool
    fallback_team: str


def compile_ruleset(document: RulesetDocument) -> CompiledRuleset:
    """The ruleset made ready; takes some milliseconds a thousand rules."""
    asks_time = any(_asks_time(rule.when) for rule in document.rules)
    # A document always names a team for every known path; an unknown path (a catalogue newer than the ruleset) still
    # reaches somebody.
    fallback = next(iter(document.default_teams.values()), next(iter(document.teams), ""))
    return CompiledRuleset(document, build(document.rules), asks_time, fallback)


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
    rules = ruleset.document.rules
    candidates: set[int] = set()
    ruleset.index.collect(seen, candidates)
    ordered = sorted(candidates) if len(candidates) > 1 else candidates
    return [rule for rule in map(rules.__getitem__, ordered) if rule.when is None or holds(rule.when, seen)]


def decide(ruleset: CompiledRuleset, facts: Facts) -> Decision:
    """What the ruleset decides about a note with these facts (see facts.py). No facts make it raise."""
    seen = seen_by(ruleset, facts)
    return combine(ruleset, matching_rules(ruleset, seen), seen)


def combine(ruleset: CompiledRuleset, matching: list[Rule], seen: Seen) -> Decision:
    """The decision of the rules that match: the first that sets an effect decides it, tags add up."""
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
    document = ruleset.document
    where = team.then.team if team and team.then.team else default_team(ruleset, seen.value("category"))
    urgency: Priority = priority.then.priority if priority and priority.then.priority else DEFAULT_PRIORITY
    within = (
        respond_within.then.respond_within if respond_within else document.teams.get(where, _NO_TERMS).respond_within
    )
    return Decision(
        where,
        urgency,
        tuple(dict.fromkeys(tags)) if len(tags) > 1 else tags,
        within,
        "evidence" if hold else None,
        hold is not None and seen.value("missing_evidence") is not None,
        DecidingRules(
            team.id if team else None,
            priority.id if priority else None,
            respond_within.id if respond_within else None,
            hold.id if hold else None,
            tagging,
        ),
    )


def default_team(ruleset: CompiledRuleset, category: object) -> str:
    """The team of a path that no rule places: by its top segment."""
    segment = category.partition("/")[0] if isinstance(category, str) else ""
    return ruleset.document.default_teams.get(segment, ruleset.fallback_team)
