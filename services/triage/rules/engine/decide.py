"""Decides about a ticket by a compiled ruleset."""

from collections.abc import Sequence

from services.triage.rules.document.model import DEFAULT_PRIORITY, Effects, Rule, TeamTerms
from services.triage.rules.engine.compile import CompiledRuleset
from services.triage.rules.engine.decision import DecidingRules, Decision
from services.triage.rules.engine.facts import local_time
from shared.conditions import Facts, MemoisedFacts

_NO_TERMS = TeamTerms()
_NO_RULES = DecidingRules(None, None, None, None, ())


def prepare_facts(ruleset: CompiledRuleset, facts: Facts) -> MemoisedFacts:
    """The facts as this ruleset's tests read them: with weekday and hour in its time zone."""
    at = facts.get("submitted_at")
    if ruleset.asks_time and "hour" not in facts and isinstance(at, int | float):
        return MemoisedFacts({**facts, **local_time(at, ruleset.document.timezone)})
    return MemoisedFacts(facts)


def matching_rules(ruleset: CompiledRuleset, facts: MemoisedFacts) -> list[Rule]:
    """The rules that match, from the top."""
    found: list[int] = []
    ruleset.index.collect(facts, found)
    if not found:
        return []
    ordered = sorted(set(found)) if len(found) > 1 else found
    checks = ruleset.checks
    return [rule for rule, check in [checks[number] for number in ordered] if check is None or check(facts)]


def decide(ruleset: CompiledRuleset, facts: Facts) -> Decision:
    """What the ruleset decides about a ticket with these facts (see facts.py). No facts make it raise."""
    prepared = prepare_facts(ruleset, facts)
    return combine(ruleset, matching_rules(ruleset, prepared), prepared)


def combine(ruleset: CompiledRuleset, matching: Sequence[Rule], facts: MemoisedFacts) -> Decision:
    """The decision of the rules that match: the first that sets an effect decides it, tags add up."""
    if not matching:  # most tickets of most teams
        team_name = default_team(ruleset, facts.raw.get("category"))
        within = ruleset.document.teams.get(team_name, _NO_TERMS).respond_within
        return Decision(team_name, DEFAULT_PRIORITY, (), within, None, False, _NO_RULES)
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
    team_name = team.then.team if team and team.then.team else default_team(ruleset, facts.raw.get("category"))
    terms = ruleset.document.teams.get(team_name, _NO_TERMS)
    return Decision(
        team_name,
        (priority.then.priority if priority else None) or DEFAULT_PRIORITY,
        tuple(dict.fromkeys(tags)) if len(tags) > 1 else tags,
        respond_within.then.respond_within if respond_within else terms.respond_within,
        "evidence" if hold else None,
        hold is not None and facts.value("missing_evidence") is not None,
        DecidingRules(_id(team), _id(priority), _id(respond_within), _id(hold), tagging),
    )


def _id(rule: Rule | None) -> str | None:
    return None if rule is None else rule.id


def default_team(ruleset: CompiledRuleset, category: object) -> str:
    """The team of a path for which no rule sets one: by its top segment."""
    segment = category.partition("/")[0] if isinstance(category, str) else ""
    return ruleset.document.default_teams.get(segment, ruleset.fallback_team)
