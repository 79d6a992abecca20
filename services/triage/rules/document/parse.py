"""Reads a ruleset document, naming everything that is wrong with it at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from services.triage.rules.document.effects import read_effects
from services.triage.rules.document.errors import MAX_FAULTS, Faults, Place, plain_name
from services.triage.rules.document.model import LANGUAGE, Rule, RulesetDocument
from services.triage.rules.document.teams import known_timezone, read_teams
from services.triage.rules.document.text import read_text
from services.triage.rules.engine.without_gc import uncollected
from shared.conditions import Budget, Condition, Fault, Vocabulary, parse

MAX_RULES = 10_000
_KEYS = ("language", "timezone", "teams", "default_teams", "rules")
_RULE_KEYS = ("id", "when", "then")


@dataclass(frozen=True)
class Reading:
    """A document that was read. `document` (None: it is no ruleset at all) holds the rules without a fault of their own; `places`
    says where each of them stands."""

    document: RulesetDocument | None
    places: tuple[int, ...]
    faults: list[Fault]


def parse_document(
    document: object, vocabulary: Vocabulary, lines: Mapping[str, int] | None = None
) -> tuple[RulesetDocument | None, list[Fault]]:
    """The ruleset that `document` (as JSON gives it) says, or None and all its faults, at most 1,000.

    Faults' paths start with `document`. `lines` gives the line of a path, where there was a text.
    """
    reading = read_document(document, vocabulary)
    return (None if reading.faults else reading.document), [_with_line(fault, lines or {}) for fault in reading.faults]


@uncollected
def read_document(document: object, vocabulary: Vocabulary) -> Reading:
    """What can be read of the document, whatever else is wrong with it, and all its faults."""
    faults, places = Faults(), list[int]()
    read = _read(document, vocabulary, Place("document", faults), places)
    found = faults.listed
    if faults.count > MAX_FAULTS:
        found = [*found, Fault("document", f"and {faults.count - MAX_FAULTS} faults more")]
    return Reading(read, tuple(places), found)


def parse_text(text: str, vocabulary: Vocabulary) -> tuple[RulesetDocument | None, list[Fault]]:
    """`parse_document` for a YAML or JSON text; the faults carry lines."""
    read, faults = read_text(text)
    return (None, faults) if read is None else parse_document(read.value, vocabulary, read.lines)


def _with_line(fault: Fault, lines: Mapping[str, int]) -> Fault:
    return replace(fault, line=line_of(fault.path, lines))


def line_of(path: str, lines: Mapping[str, int]) -> int | None:
    """The line of a place, or of what stands around it when the place itself is missing; None without lines."""
    while path and path not in lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return lines.get(path)


def _read(document: object, vocabulary: Vocabulary, at: Place, places: list[int]) -> RulesetDocument | None:
    source = at.mapping(document, _KEYS, required=("language", "default_teams", "rules"))
    if source is None:
        return None
    if "language" in source and (source["language"] != LANGUAGE or isinstance(source["language"], bool)):
        at.key("language").say(f"unknown language version; this system speaks {LANGUAGE}")
    timezone = source.get("timezone", "UTC")
    if not known_timezone(timezone):
        at.key("timezone").say("unknown time zone; write it like Europe/Stockholm")
        timezone = "UTC"
    teams = read_teams(source.get("teams", {}), str(timezone), vocabulary, at.key("teams"))
    defaults = _default_teams(source.get("default_teams", {}), vocabulary, at.key("default_teams"))
    rules = _rules(source.get("rules", []), vocabulary, at.key("rules"), places)
    return RulesetDocument(LANGUAGE, str(timezone), teams, defaults, rules, source)


def _default_teams(document: object, vocabulary: Vocabulary, at: Place) -> Mapping[str, str]:
    defaults = at.mapping(document, None)
    if defaults is None:
        return {}
    for segment, team in defaults.items():
        if segment not in vocabulary.segments:
            at.key(segment).say("unknown category: the top segment of a path is needed here")
        if not isinstance(team, str) or team not in vocabulary.teams:
            at.key(segment).say(f"unknown team {team[:60]!r}" if isinstance(team, str) else "a team is needed here")
    for segment in sorted(vocabulary.segments - defaults.keys()):
        at.say(f"paths under {segment!r} would have no team: name one for it")
    return cast(Mapping[str, str], defaults)


def _rules(document: object, vocabulary: Vocabulary, at: Place, places: list[int]) -> tuple[Rule, ...]:
    if not isinstance(document, list):
        at.say("a list of rules is needed here")
        return ()
    if len(document) > MAX_RULES:
        at.say(f"{len(document)} rules: at most {MAX_RULES} are allowed")
        return ()
    budget = Budget()
    first: dict[str, int] = {}
    rules: list[Rule] = []
    for number, written in enumerate(document):
        faults = at.faults.count
        rule = _rule(written, vocabulary, budget, first, at.item(number))
        if rule is not None and at.faults.count == faults:
            rules.append(rule)
            places.append(number)
    return tuple(rules)


def _rule(document: object, vocabulary: Vocabulary, budget: Budget, first: dict[str, int], at: Place) -> Rule | None:
    rule = at.mapping(document, _RULE_KEYS, required=("id", "then"))
    if rule is None:
        return None
    name = rule.get("id")
    if "id" in rule and not plain_name(name):
        at.key("id").say(
            "an id is 1 to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit"
        )
    elif isinstance(name, str) and first.setdefault(name, at.number) != at.number:
        at.key("id").say(f"rules[{first[name]}] has this id already")
    when: Condition | None = None
    if "when" in rule:
        when, found = parse(rule["when"], at.key("when").path, vocabulary, budget)
        at.take(found)
    then = read_effects(rule["then"], vocabulary, at.key("then")) if "then" in rule else None
    return Rule(str(name), when, then) if then is not None else None
