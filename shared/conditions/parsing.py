"""Reads a condition from a document, naming everything that is wrong with it at once."""

from collections.abc import Mapping
from typing import cast

from shared.conditions.fields import FIELD_NAMES, FieldType, field_type
from shared.conditions.limits import MAX_DAYS, MAX_DEPTH, MAX_STRING, Budget
from shared.conditions.model import GROUPS, OPERATORS, Condition, FieldTest, Group, Operator
from shared.conditions.operands import OperandReader, Read
from shared.conditions.validation_error import Fault
from shared.conditions.vocabulary import Vocabulary

_MODIFIERS = frozenset(("days", "same_path"))
_TEST_KEYS = frozenset(("field", *OPERATORS, *_MODIFIERS))


def parse(
    document: object, where: str, vocabulary: Vocabulary, budget: Budget | None = None
) -> tuple[Condition | None, list[Fault]]:
    """The condition that `document` (as JSON gives it) says, or None and what is wrong with it.

    `where` is the place in the whole document, put before every fault's path. Conditions of one document share a
    `budget`, so that many of them cannot do what one may not.
    """
    reading = _Reading(vocabulary, budget or Budget())
    condition = reading.condition(document, where, 1)
    return (None if reading.faults else condition), reading.faults


class _Reading:
    def __init__(self, vocabulary: Vocabulary, budget: Budget) -> None:
        self.faults: list[Fault] = []
        self._vocabulary = vocabulary
        self._budget = budget

    def condition(self, document: object, where: str, depth: int) -> Condition | None:
        if not isinstance(document, Mapping):
            self._fault(where, 'a group or a test is needed here, such as {"field": "country", "exists": true}')
            return None
        self._budget.conditions -= 1
        if self._budget.conditions < 0:
            if self._budget.conditions == -1:
                self._fault(where, "the document has too many conditions; the rest was not looked at")
            return None
        if depth > MAX_DEPTH:
            self._fault(where, f"nested deeper than {MAX_DEPTH} groups")
            return None
        if any(kind in document for kind in GROUPS):
            return self._group(document, where, depth)
        return self._test(document, where)

    def _group(self, document: Mapping[object, object], where: str, depth: int) -> Condition | None:
        kind = next(kind for kind in GROUPS if kind in document)
        for key in document:
            if key != kind:
                self._fault(f"{where}.{named(key)}", f"does not belong beside {kind!r}: a group has that one key")
        listed = document[kind]
        if not isinstance(listed, list):
            self._fault(f"{where}.{kind}", "a list of conditions is needed here")
            return None
        members = []
        for number, member in enumerate(listed):
            if self._budget.conditions < 0:
                break
            members.append(self.condition(member, f"{where}.{kind}[{number}]", depth + 1))
        return Group(kind, tuple(member for member in members if member is not None))

    def _test(self, document: Mapping[object, object], where: str) -> Condition | None:
        for key in document:
            if key not in _TEST_KEYS:
                self._fault(f"{where}.{named(key)}", "unknown key")
        kind = self._field(document, where)
        operators = [operator for operator in OPERATORS if operator in document]
        if not operators:
            self._fault(where, f"a test is missing: one of {', '.join(OPERATORS)}")
            return None
        if len(operators) > 1 and set(operators) != {"at_least", "at_most"}:
            self._fault(where, f"one test at a time (only at_least and at_most go together), not {operators}")
            return None
        if kind is None:
            return None
        days, same_path = self._modifiers(document, where, kind)
        name = cast(str, document["field"])
        tests: list[Condition] = []
        for operator in operators:
            operand = self._operand(document, f"{where}.{operator}", name, kind, operator)
            if operand is not None:
                tests.append(FieldTest(name, operator, operand[0], days, same_path, operand[1]))
        if len(tests) < len(operators):
            return None
        return tests[0] if len(tests) == 1 else Group("all", tuple(tests))

    def _field(self, document: Mapping[object, object], where: str) -> FieldType | None:
        if "field" not in document:
            self._fault(where, "the field is missing: what is tested?")
            return None
        name = document["field"]
        kind = field_type(name, self._vocabulary) if isinstance(name, str) and len(name) <= MAX_STRING else None
        if kind is None:
            known = "details.<name>" if self._vocabulary.only_details else ", ".join(FIELD_NAMES)
            shown = repr(name)[:60] if isinstance(name, str) else "this"
            self._fault(f"{where}.field", f"unknown field {shown}; fields are {known}")
            return None
        return kind

    def _operand(
        self, document: Mapping[object, object], where: str, name: str, kind: FieldType, operator: Operator
    ) -> Read | None:
        if operator not in kind.operators:
            suiting = ", ".join(known for known in OPERATORS if known in kind.operators)
            self._fault(where, f"does not suit {name}; it can be tested by {suiting}")
            return None
        reader = OperandReader(kind, self._vocabulary, self._budget, lambda message: self._fault(where, message))
        return reader.read(operator, document[operator])

    def _modifiers(self, document: Mapping[object, object], where: str, kind: FieldType) -> tuple[int | None, bool]:
        if not kind.counted:
            for key in sorted(_MODIFIERS & document.keys()):
                self._fault(f"{where}.{key}", "belongs to the field previous_tickets alone")
            return None, False
        days, same_path = document.get("days"), document.get("same_path", False)
        if days is not None and (isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MAX_DAYS):
            self._fault(f"{where}.days", f"a whole number of days from 1 to {MAX_DAYS} is needed here")
            days = None
        if not isinstance(same_path, bool):
            self._fault(f"{where}.same_path", "true or false is needed here")
            same_path = False
        return days, same_path

    def _fault(self, path: str, message: str) -> None:
        self.faults.append(Fault(path, message))


def named(key: object) -> str:
    """A key of a document for a path, never longer than a line."""
    return key[:60] if isinstance(key, str) else repr(key)[:60]
