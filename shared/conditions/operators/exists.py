"""`exists`: whether the field has a value."""

from collections.abc import Sequence

from shared.conditions.fields import FIELD_KINDS
from shared.conditions.keys import Key, presence_key
from shared.conditions.model import FieldTest
from shared.conditions.operands import Operand, OperandReader
from shared.conditions.operators.operator import (
    Check,
    Operator,
    Schema,
    always_candidate,
    never,
    nothing_named,
    unknown,
)
from shared.conditions.vocabulary import Vocabulary


def _read(reader: OperandReader, value: object) -> Operand | None:
    return (value, None) if isinstance(value, bool) else reader.refuse("true or false is needed here")


def _check(test: FieldTest) -> Check:
    there, field = test.operand, test.field
    return lambda facts: (facts.value(field) is not None) is there


def _keys(test: FieldTest) -> list[Sequence[Key]]:
    return [(presence_key(test.field),)] if test.operand else always_candidate(test)


def _follows(test: FieldTest, given: FieldTest, operator: Operator) -> bool:
    return not operator.when_absent(given) if test.operand else not operator.when_present(given)


def _schema(vocabulary: Vocabulary | None) -> Schema:
    return {"type": "boolean"}


EXISTS = Operator(
    name="exists",
    kinds=FIELD_KINDS - {"count"},
    beside=None,
    read=_read,
    check=_check,
    keys=_keys,
    when_absent=lambda test: test.operand is False,
    when_present=lambda test: test.operand is True,
    values=unknown,
    admits=unknown,
    one_is_enough=True,
    follows=_follows,
    contradicts=never,  # presence and absence are compared for every operator
    named=nothing_named,
    schema=_schema,
    usage="exists: true",
    meaning="there is a value; `exists: false` is the only test that holds when there is none",
    wording=lambda field, operand: f"{field} is {'given' if operand else 'not given'}",
)
OPERATORS = (EXISTS,)
