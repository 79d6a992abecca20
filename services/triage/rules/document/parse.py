"""Reads a ruleset document, naming everything that is wrong with it at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from services.triage.rules.document.effects import read_effects
from services.triage.rules.document.model import LANGUAGE, Rule, RulesetDocument
from services.triage.rules.document.teams import known_timezone, read_teams
from services.triage.rules.document.text import read_text
from services.triage.rules.without_gc import without_gc
from shared.conditions import Budget, Condition, Vocabulary, read_condition
from shared.validation import Location, ValidationError, ValidationErrors
from shared.yaml_lines import ROOT

MAX_RULES = 10_000
MAX_ERRORS = 1_000  # more than a person reads
_KEYS = ("language", "timezone", "teams", "default_teams", "rules")
_RULE_KEYS = ("id", "when", "then")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


@dataclass(frozen=True)
class Reading:
    """A document that was read.

    `document` (None: it is no ruleset at all) holds the rules without an error of their own; `indexes` are theirs in the whole
    list.
    """

    document: RulesetDocument | None
    indexes: tuple[int, ...]
    errors: list[ValidationError]


def parse_document(
    document: object, vocabulary: Vocabulary, lines: Mapping[str, int] | None = None
) -> tuple[RulesetDocument | None, list[ValidationError]]:
    """The ruleset that `document` (as JSON gives it) states, or None and all its errors, at most 1,000.

    Errors' paths start with `document`. `lines` gives the line of a path, where there was a text.
    """
    reading = read_document(document, vocabulary, lines)
    return (None if reading.errors else reading.document), reading.errors


@without_gc
def read_document(document: object, vocabulary: Vocabulary, lines: Mapping[str, int] | None = None) -> Reading:
    """What can be read of the document, whatever else is wrong with it, and all its errors."""
    errors, indexes = ValidationErrors(lines, keep=MAX_ERRORS), list[int]()
    read = _read(document, vocabulary, Location(ROOT, errors), indexes)
    found = errors.kept
    if errors.count > MAX_ERRORS:
        found = [*found, ValidationError(ROOT, f"and {errors.count - MAX_ERRORS} more errors")]
    return Reading(read, tuple(indexes), found)


def parse_text(text: str, vocabulary: Vocabulary) -> tuple[RulesetDocument | None, list[ValidationError]]:
    """`parse_document` for a YAML or JSON text; the errors have lines."""
    read, errors = read_text(text)
    return (None, errors) if read is None else parse_document(read.value, vocabulary, read.lines)


def _read(document: object, vocabulary: Vocabulary, at: Location, indexes: list[int]) -> RulesetDocument | None:
    source = at.mapping(document, _KEYS, required=("language", "default_teams", "rules"))
    if source is None:
        return None
    if "language" in source and (source["language"] != LANGUAGE or isinstance(source["language"], bool)):
        at.key("language").report(f"unknown language version; this system knows {LANGUAGE}")
    timezone = source.get("timezone", "UTC")
    if not known_timezone(timezone):
        at.key("timezone").report("unknown time zone; write it like Europe/Stockholm")
        timezone = "UTC"
    teams = read_teams(source.get("teams", {}), str(timezone), vocabulary, at.key("teams"))
    defaults = _default_teams(source.get("default_teams", {}), vocabulary, at.key("default_teams"))
    rules = _rules(source.get("rules", []), vocabulary, at.key("rules"), indexes)
    return RulesetDocument(LANGUAGE, str(timezone), teams, defaults, rules, source)


def _default_teams(document: object, vocabulary: Vocabulary, at: Location) -> Mapping[str, str]:
    defaults = at.mapping(document, None)
    if defaults is None:
        return {}
    for segment, team in defaults.items():
        if segment not in vocabulary.segments:
            at.key(segment).report("unknown category: the top segment of a path is needed here")
        if not isinstance(team, str) or team not in vocabulary.teams:
            at.key(segment).report(f"unknown team {team[:60]!r}" if isinstance(team, str) else "a team is needed here")
    for segment in sorted(vocabulary.segments - defaults.keys()):
        at.report(f"paths under {segment!r} would have no team: name one for it")
    return cast(Mapping[str, str], defaults)


def _rules(document: object, vocabulary: Vocabulary, at: Location, indexes: list[int]) -> tuple[Rule, ...]:
    if not isinstance(document, list):
        at.report("a list of rules is needed here")
        return ()
    if len(document) > MAX_RULES:
        at.report(f"{len(document)} rules: at most {MAX_RULES} are allowed")
        return ()
    budget = Budget()
    first: dict[str, int] = {}
    rules: list[Rule] = []
    for number, written in enumerate(document):
        before = at.errors.count
        rule = _rule(written, vocabulary, budget, first, at.item(number))
        if rule is not None and at.errors.count == before:
            rules.append(rule)
            indexes.append(number)
    return tuple(rules)


def _rule(document: object, vocabulary: Vocabulary, budget: Budget, first: dict[str, int], at: Location) -> Rule | None:
    rule = at.mapping(document, _RULE_KEYS, required=("id", "then"))
    if rule is None:
        return None
    name = rule.get("id")
    if "id" in rule and not (isinstance(name, str) and _ID.fullmatch(name)):
        at.key("id").report(
            "an id is 1 to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit"
        )
    elif isinstance(name, str) and first.setdefault(name, at.number) != at.number:
        at.key("id").report(f"rules[{first[name]}] has this id already")
    when: Condition | None = None
    if "when" in rule:
        when = read_condition(rule["when"], at.key("when"), vocabulary, budget)
    then = read_effects(rule["then"], vocabulary, at.key("then")) if "then" in rule else None
    return Rule(str(name), when, then) if then is not None else None
