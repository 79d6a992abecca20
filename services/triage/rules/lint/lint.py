"""Everything wrong with a ruleset at once: what parsing refuses, and rules that never decide anything."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from services.triage.rules.document.model import Effects, Rule
from services.triage.rules.document.parse import read_document
from services.triage.rules.document.text import read_text
from services.triage.rules.lint.implication import conjuncts, implies, impossible, pairs
from services.triage.rules.without_gc import without_gc
from shared.conditions import OPERATORS, Condition, FieldTest, Vocabulary
from shared.validation import line_of

# A rule is compared with at most so many earlier ones, and all together look at about so many pairs of tests, a microsecond
# each: a lint of 10,000 rules takes a few seconds at most, and of few rules every pair is compared.
_MAX_COMPARED = 50
_MAX_PAIRS = 1_000_000
_RULE = re.compile(r"document\.rules\[(\d+)\]")
_ALWAYS = "rules without a test of their own"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (`error`) or suspect (`warning`), with its path, and its line where there was a text."""

    severity: Literal["error", "warning"]
    path: str
    message: str
    line: int | None = None


@without_gc
def lint(
    document: object,
    vocabulary: Vocabulary,
    lines: Mapping[str, int] | None = None,
    matched: Mapping[str, int] | None = None,
) -> list[Finding]:
    """All findings, in the order of the document.

    `lines` gives a path's line, where there was a text. `matched` is how many tickets of the last 30 days each rule (by id)
    matched; those that it names with 0 get a warning.
    """
    reading = read_document(document, vocabulary, lines)
    findings = [Finding("error", error.path, error.message, error.line) for error in reading.errors]
    if reading.document is not None:
        rules = zip(reading.indexes, reading.document.rules, strict=True)
        findings += [_with_line(finding, lines or {}) for finding in _rule_findings(list(rules), matched or {})]
    return sorted(findings, key=_position)


@without_gc
def lint_text(text: str, vocabulary: Vocabulary, matched: Mapping[str, int] | None = None) -> list[Finding]:
    """`lint` for a YAML or JSON text."""
    read, errors = read_text(text)
    if read is None:
        return [Finding("error", error.path, error.message, error.line) for error in errors]
    return lint(read.value, vocabulary, read.lines, matched)


def _with_line(finding: Finding, lines: Mapping[str, int]) -> Finding:
    return Finding(finding.severity, finding.path, finding.message, line_of(finding.path, lines))


def _position(finding: Finding) -> tuple[bool, int]:
    """Findings about the whole document first, then those of each rule together, in the order of the rules."""
    number = _RULE.match(finding.path)
    return number is not None, int(number[1]) if number else 0


def _rule_findings(rules: Sequence[tuple[int, Rule]], matched: Mapping[str, int]) -> Iterator[Finding]:
    """What is wrong with rules that can be read; each comes with its index in the document."""
    earlier = _Earlier(_MAX_PAIRS // max(len(rules), 1))
    for number, rule in rules:
        path = f"document.rules[{number}]"
        never = impossible(rule.when)
        if never is not None:
            yield Finding("error", f"{path}.when", f"contradictory: {never}")
            continue
        parts = conjuncts(rule.when)
        finding = earlier.finding(rule, parts, path)
        if finding is not None:
            yield finding
        elif matched.get(rule.id) == 0:
            yield Finding("warning", path, "matched no ticket in the last 30 days")
        earlier.add(number, rule, parts)


class _Earlier:
    """The rules above one, found by what their conditions name."""

    def __init__(self, pairs_a_rule: int) -> None:
        self._pairs = pairs_a_rule
        self._written: dict[str, str] = {}
        self._filed: dict[object, list[tuple[int, Rule, list[Condition]]]] = defaultdict(list)

    def add(self, number: int, rule: Rule, parts: list[Condition]) -> None:
        choices = [_filed_under(part) for part in parts if isinstance(part, FieldTest)] or [[_ALWAYS]]
        for key in min(choices, key=lambda keys: max(len(self._filed[key]) for key in keys)):
            self._filed[key].append((number, rule, parts))
        self._written.setdefault(_written(rule), rule.id)

    def finding(self, rule: Rule, parts: list[Condition], path: str) -> Finding | None:
        """What the rules above leave of this one."""
        twin = self._written.get(_written(rule))
        if twin is not None:
            return Finding("error", path, f"duplicate: rule {twin!r} has the same condition and effects")
        left = rule.then
        by: list[str] = []
        for other in self._above(parts):
            rest = _minus(left, other.then)
            if rest != left:
                left, by = rest, [*by, repr(other.id)]
        if left != Effects() or not by:
            return None
        names = " and ".join(by[:3])
        return Finding("error", path, f"unreachable: whenever it matches, {names} above decides already")

    def _above(self, parts: list[Condition]) -> Iterator[Rule]:
        candidates: dict[int, tuple[Rule, list[Condition]]] = {}
        for key in dict.fromkeys(_looked_under(parts)):
            for number, rule, others in self._filed.get(key, [])[:_MAX_COMPARED]:
                candidates[number] = (rule, others)
        left = self._pairs
        for number in sorted(candidates)[:_MAX_COMPARED]:
            rule, others = candidates[number]
            left -= pairs(parts, others)
            if left < 0:
                return
            if implies(parts, others):
                yield rule


def _filed_under(test: FieldTest) -> list[object]:
    """Where this test is filed: every condition that implies it looks under at least one of these keys.

    A test with fewer values implies one with more, so the latter is filed under all of its values and the former looks
    under any one.
    """
    values = OPERATORS.of(test).named(test)
    return [(test.field, value) for value in values] if values else [(test.field, None)]


def _looked_under(parts: list[Condition]) -> Iterator[object]:
    """Where rules that follow from these conditions are filed; a path is looked for under all paths above it, too."""
    yield _ALWAYS
    for part in parts:
        if isinstance(part, FieldTest):
            yield (part.field, None)
            for value in OPERATORS.of(part).named(part)[:1]:
                yield (part.field, value)
                if part.field == "category":
                    yield from ((part.field, path) for path in _above(str(value)))
        elif part.kind == "any" and part.members:
            yield from _looked_under(conjuncts(part.members[0]))


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(len(parts) - 1, 0, -1)]


def _minus(left: Effects, decided: Effects) -> Effects:
    """What a rule still sets where another one above it matches."""
    return Effects(
        left.team if not decided.team else None,
        left.priority if not decided.priority else None,
        tuple(tag for tag in left.tags if tag not in decided.tags),
        left.respond_within if not decided.respond_within else None,
        left.hold if not decided.hold else None,
    )


def _written(rule: Rule) -> str:
    when = cast(object, rule.when.as_document() if rule.when is not None else None)
    return json.dumps([when, rule.then.as_document()], sort_keys=True)
