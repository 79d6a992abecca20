"""Everything wrong with a ruleset at once: what parsing refuses, and what can be read but cannot be meant."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from services.triage.rules.document import parse_document
from services.triage.rules.implication import conjuncts, implies, impossible
from services.triage.rules.model import Effects, Rule, RulesetDocument
from services.triage.rules.texts import read_text
from shared.conditions import Condition, Fault, FieldTest, Vocabulary

# A rule is held against at most so many earlier ones, so that a lint of 10,000 rules takes seconds.
_MAX_COMPARED = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (`error`) or doubtful (`warning`), with its place, and its line where there was a text."""

    severity: Literal["error", "warning"]
    path: str
    message: str
    line: int | None = None


def lint(
    document: object,
    vocabulary: Vocabulary,
    lines: Mapping[str, int] | None = None,
    matched: Mapping[str, int] | None = None,
) -> list[Finding]:
    """All findings, by their place in the document.

    `lines` gives a path's line, where there was a text. `matched` says how many notes of the last 30 days each rule
    (by id) matched; those it names with 0 get a warning.
    """
    read, faults = parse_document(document, vocabulary, lines)
    findings = [Finding("error", fault.path, fault.message, fault.line) for fault in faults]
    if read is not None:
        findings += [_with_line(finding, lines or {}) for finding in _meaning(read, matched or {})]
    return findings


def lint_text(text: str, vocabulary: Vocabulary, matched: Mapping[str, int] | None = None) -> list[Finding]:
    """`lint` for a YAML or JSON text."""
    read, faults = read_text(text)
    if read is None:
        return [_unreadable(fault) for fault in faults]
    return lint(read.value, vocabulary, read.lines, matched)


def _unreadable(fault: Fault) -> Finding:
    return Finding("error", fault.path, fault.message, fault.line)


def _with_line(finding: Finding, lines: Mapping[str, int]) -> Finding:
    return Finding(finding.severity, finding.path, finding.message, lines.get(finding.path))


def _meaning(document: RulesetDocument, matched: Mapping[str, int]) -> Iterator[Finding]:
    earlier = _Earlier()
    for number, rule in enumerate(document.rules):
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
            yield Finding("warning", path, "matched no note in the last 30 days")
        earlier.add(number, rule, parts)


class _Earlier:
    """The rules above, found by what their conditions need."""

    def __init__(self) -> None:
        self._written: dict[str, str] = {}
        self._filed: dict[object, list[tuple[int, Rule, list[Condition]]]] = defaultdict(list)

    def add(self, number: int, rule: Rule, parts: list[Condition]) -> None:
        keys = _keys(parts[0], every=True) if parts else [None]
        for key in keys:
            self._filed[key].append((number, rule, parts))
        self._written.setdefault(_written(rule), rule.id)

    def finding(self, rule: Rule, parts: list[Condition], path: str) -> Finding | None:
        """What the rules above leave of this one."""
        twin = self._written.get(_written(rule))
        if twin is not None:
            return Finding("error", path, f"duplicate: rule {twin!r} says the same")
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
        for key in [None, *(key for part in parts for key in _keys(part, every=False))]:
            for number, rule, others in self._filed.get(key, [])[:_MAX_COMPARED]:
                candidates[number] = (rule, others)
        for number in sorted(candidates)[:_MAX_COMPARED]:
            rule, others = candidates[number]
            if implies(parts, others):
                yield rule


def _keys(condition: Condition, every: bool) -> list[object]:
    """What a condition is filed under (`every`), and under what one that implies it looks.

    A test with fewer values implies one with more, so the latter is filed under all of them and the former looks under
    any one; a path is looked for under all paths above it.
    """
    if not isinstance(condition, FieldTest):
        return [condition.kind]
    if condition.operator == "within":
        return [
            (condition.field, path) for path in ([str(condition.operand)] if every else _up(str(condition.operand)))
        ]
    if condition.operator in ("is", "in", "contains_any"):
        values = condition.operand if isinstance(condition.operand, tuple) else (condition.operand,)
        keys: list[object] = [(condition.field, value) for value in (values if every else values[:1])]
        if not every and condition.field == "category":
            keys += [("category", path) for path in _up(str(values[0]))]
        return keys if every else [*keys, (condition.field, "exists"), (condition.field, "bound")]
    name = "exists" if condition.operator == "exists" else "bound"
    return [(condition.field, name)] if every else [(condition.field, "exists"), (condition.field, "bound")]


def _up(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]


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
