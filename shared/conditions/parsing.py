"""Reads a condition from a document, naming everything that is wrong with it at once."""

from collections.abc import Mapping
from typing import cast

from shared.conditions.fields import FIELD_NAMES, FieldType, field_type
from shared.conditions.limits import MAX_DAYS, MAX_DEPTH, MAX_STRING, Budget
from shared.conditions.model import GROUPS, Condition, FieldTest, Group
from shared.conditions.operands import OperandReader
from shared.conditions.operators import OPERATORS
from shared.conditions.operators.operator import Operator
from shared.conditions.vocabulary import Vocabulary
from shared.validation import MAX_KEY, Location, ValidationError, ValidationErrors

_MODIFIERS = frozenset(("days", "same_path"))


def parse(document: object, where: str, vocabulary: Vocabulary) -> tuple[Condition | None, list[ValidationError]]:
    """The condition that `document` (as JSON gives it) states, or None and what is wrong with it.

    `where` is the location in the whole document; every error's path begins with it.
    """
    errors = ValidationErrors()
    condition = read_condition(document, Location(where, errors), vocabulary, Budget())
    return (None if errors else condition), errors.kept


def read_condition(document: object, at: Location, vocabulary: Vocabulary, budget: Budget) -> Condition | None:
    """`parse` for one condition of several; errors are reported at `at`, and the condition is then incomplete.

    Conditions of one document share a `budget`, so that many of them cannot do what one may not.
    """
    return _Reading(vocabulary, budget).condition(document, at, 1)


class _Reading:
    def __init__(self, vocabulary: Vocabulary, budget: Budget) -> None:
        self._vocabulary = vocabulary
        self._budget = budget

    def condition(self, document: object, at: Location, depth: int) -> Condition | None:
        if not isinstance(document, Mapping):
            at.report('a group or a test is needed here, such as {"field": "country", "exists": true}')
            return None
        self._budget.conditions -= 1
        if self._budget.conditions < 0:
            if self._budget.conditions == -1:
                at.report("the document has too many conditions; the rest was not looked at")
            return None
        if depth > MAX_DEPTH:
            at.report(f"nested deeper than {MAX_DEPTH} groups")
            return None
        if any(kind in document for kind in GROUPS):
            return self._group(document, at, depth)
        return self._test(document, at)

    def _group(self, document: Mapping[object, object], at: Location, depth: int) -> Condition | None:
        kind = next(kind for kind in GROUPS if kind in document)
        for key in document:
            if key != kind:
                at.key(_name(key)).report(f"does not belong beside {kind!r}: a group has that one key")
        written, inside = document[kind], at.key(kind)
        if not isinstance(written, list):
            inside.report("a list of conditions is needed here")
            return None
        members = []
        for number, member in enumerate(written):
            if self._budget.conditions < 0:
                break
            members.append(self.condition(member, inside.item(number), depth + 1))
        return Group(kind, tuple(member for member in members if member is not None))

    def _test(self, document: Mapping[object, object], at: Location) -> Condition | None:
        for key in document:
            if key != "field" and key not in OPERATORS and key not in _MODIFIERS:
                at.key(_name(key)).report("unknown key")
        kind = self._field(document, at)
        operators = [operator for operator in OPERATORS.values() if operator.name in document]
        if not operators:
            at.report(f"a test is missing: one of {', '.join(OPERATORS)}")
            return None
        if not _stand_together(operators):
            names = [operator.name for operator in operators]
            at.report(f"one test at a time (only at_least and at_most go together), not {names}")
            return None
        if kind is None:
            return None
        days, same_path = _modifiers(document, at, kind)
        name = cast(str, document["field"])
        tests: list[Condition] = []
        for operator in operators:
            if kind.kind not in operator.kinds:
                suiting = ", ".join(other.name for other in OPERATORS.values() if kind.kind in other.kinds)
                at.key(operator.name).report(f"does not suit {name}; it can be tested by {suiting}")
                continue
            reader = OperandReader(kind, self._vocabulary, self._budget, at.key(operator.name))
            operand = operator.read(reader, document[operator.name])
            if operand is not None:
                tests.append(FieldTest(name, operator.name, operand[0], days, same_path, operand[1]))
        if len(tests) < len(operators):
            return None
        return tests[0] if len(tests) == 1 else Group("all", tuple(tests))

    def _field(self, document: Mapping[object, object], at: Location) -> FieldType | None:
        if "field" not in document:
            at.report("the field is missing: what is tested?")
            return None
        name = document["field"]
        kind = field_type(name, self._vocabulary) if isinstance(name, str) and len(name) <= MAX_STRING else None
        if kind is None:
            known = "details.<name>" if self._vocabulary.only_details else ", ".join(FIELD_NAMES)
            shown = repr(name)[:60] if isinstance(name, str) else "this"
            at.key("field").report(f"unknown field {shown}; fields are {known}")
            return None
        return kind


def _stand_together(operators: list[Operator]) -> bool:
    first, *others = operators
    return not others or [first.beside] == [other.name for other in others]


def _modifiers(document: Mapping[object, object], at: Location, field: FieldType) -> tuple[int | None, bool]:
    if field.kind != "count":
        for key in sorted(_MODIFIERS & document.keys()):
            at.key(key).report("belongs to the field previous_tickets alone")
        return None, False
    days, same_path = document.get("days"), document.get("same_path", False)
    if days is not None and (isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MAX_DAYS):
        at.key("days").report(f"a whole number of days from 1 to {MAX_DAYS} is needed here")
        days = None
    if not isinstance(same_path, bool):
        at.key("same_path").report("true or false is needed here")
        same_path = False
    return days, same_path


def _name(key: object) -> str:
    """A key of a document for a path, never longer than a line."""
    return key[:MAX_KEY] if isinstance(key, str) else repr(key)[:MAX_KEY]
