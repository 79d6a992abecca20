"""`within`: a path, or one below it."""

from collections.abc import Sequence
from typing import cast

from shared.conditions.keys import Key, path_key
from shared.conditions.memoised_facts import MemoisedFacts
from shared.conditions.model import FieldTest
from shared.conditions.operands import Operand, OperandReader, shown
from shared.conditions.operators.operator import Check, Operator, Schema, always, never, unknown
from shared.conditions.vocabulary import Vocabulary


def _read(reader: OperandReader, value: object) -> Operand | None:
    if not isinstance(value, str):
        return reader.refuse("a path, such as business or business/rich-pins, is needed here")
    path = value.removesuffix("/")
    if path not in reader.vocabulary.branches:
        return reader.refuse(f"unknown category {shown(value)}")
    return path, f"{path}/"


def _check(test: FieldTest) -> Check:
    field, path, below = test.field, test.operand, cast(str, test.prepared)

    def check(facts: MemoisedFacts) -> bool:
        value = facts.raw.get(field)
        return isinstance(value, str) and (value == path or value.startswith(below))

    return check


def _keys(test: FieldTest) -> list[Sequence[Key]]:
    return [(path_key(test.field, test.operand),)]


def _admits(test: FieldTest, value: object) -> bool:
    return f"{value}/".startswith(f"{test.operand}/")


def _follows(test: FieldTest, given: FieldTest, operator: Operator) -> bool:
    return given.operator == test.operator and _admits(test, given.operand)


def _contradicts(test: FieldTest, other: FieldTest) -> bool:
    """Two paths have a path in common only when one is above the other."""
    if other.operator != test.operator:
        return False
    return not _admits(test, other.operand) and not _admits(other, test.operand)


def _schema(vocabulary: Vocabulary | None) -> Schema:
    return {"type": "string"} if vocabulary is None else {"type": "string", "enum": sorted(vocabulary.branches)}


WITHIN = Operator(
    name="within",
    kinds=frozenset(("path",)),
    beside=None,
    read=_read,
    check=_check,
    keys=_keys,
    when_absent=never,
    when_present=always,
    values=unknown,
    admits=_admits,
    one_is_enough=True,
    follows=_follows,
    contradicts=_contradicts,
    named=lambda test: (test.operand,),
    schema=_schema,
    usage="within: path",
    meaning="the category is this path, or below it",
    wording=lambda field, operand: f"{field} is in {operand}",
)
OPERATORS = (WITHIN,)
