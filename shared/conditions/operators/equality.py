"""`is` and `in`: the field has one of some values."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from shared.conditions.fields import FIELD_KINDS
from shared.conditions.keys import Key, value_key
from shared.conditions.limits import MAX_STRING, MAX_VALUES
from shared.conditions.memoised_facts import MemoisedFacts
from shared.conditions.model import FieldTest
from shared.conditions.operands import Operand, OperandReader
from shared.conditions.operators.numbers import number_of
from shared.conditions.operators.operator import Check, Operator, Schema, always, never
from shared.conditions.vocabulary import Vocabulary

_SCALAR: Schema = {"type": ["string", "number", "boolean"], "maxLength": MAX_STRING}


def comparable(value: object) -> tuple[bool, object]:
    """What equality compares: true is not 1, unlike in Python; anything but a scalar equals nothing."""
    return isinstance(value, bool), value if isinstance(value, str | int | float) else None


def _read_is(reader: OperandReader, value: object) -> Operand | None:
    known = reader.value(value)
    return None if known is None else (known, frozenset((comparable(known),)))


def _read_in(reader: OperandReader, value: object) -> Operand | None:
    elements = reader.values(value)
    if elements is None:
        return None
    known = [reader.value(element) for element in elements]
    good = tuple(element for element in known if element is not None)
    return (good, frozenset(map(comparable, good))) if len(good) == len(known) else None


def check_equality(test: FieldTest) -> Check:
    """Whether the field has one of the prepared values."""
    wanted = cast(frozenset[tuple[bool, object]], test.prepared)
    texts = frozenset(value for _, value in wanted if isinstance(value, str))
    field = test.field
    if field == "previous_tickets":
        number = number_of(test)
        return lambda facts: comparable(number(facts)) in wanted
    if field == "text":
        return lambda facts: facts.value("text") in texts

    def check(facts: MemoisedFacts) -> bool:
        value = facts.raw.get(field)
        if isinstance(value, str):
            return value in texts
        if isinstance(value, list | tuple):
            return any(comparable(element) in wanted for element in value)
        return comparable(value) in wanted

    return check


def values_of(test: FieldTest) -> tuple[object, ...]:
    """The operand's values, one or several."""
    return test.operand if isinstance(test.operand, tuple) else (test.operand,)


def _admits(test: FieldTest, value: object) -> bool:
    return comparable(value) in map(comparable, values_of(test))


def _keys(test: FieldTest) -> list[Sequence[Key]]:
    return [(value_key(test.field, value),) for value in values_of(test)]


def _is_schema(vocabulary: Vocabulary | None) -> Schema:
    return _SCALAR


def _in_schema(vocabulary: Vocabulary | None) -> Schema:
    return {"type": "array", "items": _SCALAR, "minItems": 1, "maxItems": MAX_VALUES}


def words_for(value: object) -> str:
    """A value, or several with commas between them."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


IS = Operator(
    name="is",
    kinds=FIELD_KINDS,
    beside=None,
    read=_read_is,
    check=check_equality,
    keys=_keys,
    when_absent=never,
    when_present=always,
    values=values_of,
    admits=_admits,
    one_is_enough=True,
    follows=never,
    contradicts=never,
    named=values_of,
    schema=_is_schema,
    usage="is: value",
    meaning="the field has this value",
    wording=lambda field, operand: f"{field} is {words_for(operand)}",
)
IN = replace(
    IS,
    name="in",
    read=_read_in,
    schema=_in_schema,
    usage="in: [value, …]",
    meaning="it has one of these",
    wording=lambda field, operand: f"{field} is one of {words_for(operand)}",
)
OPERATORS = (IS, IN)
