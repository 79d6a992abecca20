"""`at_least` and `at_most`: bounds of a number."""

from collections.abc import Callable, Sequence
from typing import cast

from shared.conditions.fields import FieldKind
from shared.conditions.keys import Key, presence_key
from shared.conditions.memoised_facts import MemoisedFacts
from shared.conditions.model import FieldTest
from shared.conditions.operands import Operand, OperandReader
from shared.conditions.operators.operator import (
    Check,
    Operator,
    Schema,
    always,
    never,
    nothing_named,
    unknown,
)
from shared.conditions.vocabulary import Vocabulary

_KINDS: frozenset[FieldKind] = frozenset(("number", "count"))


def number_of(test: FieldTest) -> Callable[[MemoisedFacts], int | float | None]:
    """Reads the number of a test's field; None when it is missing or no number."""

    def number(facts: MemoisedFacts) -> int | float | None:
        if test.field == "previous_tickets":
            return facts.previous_tickets(test.days, test.same_path)
        value = facts.value(test.field)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    return number


def _read(reader: OperandReader, value: object) -> Operand | None:
    known = reader.whole_number(value)
    return None if known is None else (known, None)


def _bound(test: FieldTest) -> int:
    return cast(int, test.operand)


def _at_least(test: FieldTest) -> Check:
    bound, number = _bound(test), number_of(test)
    return lambda facts: (value := number(facts)) is not None and value >= bound


def _at_most(test: FieldTest) -> Check:
    bound, number = _bound(test), number_of(test)
    return lambda facts: (value := number(facts)) is not None and value <= bound


def _admits(test: FieldTest, value: object) -> bool:
    if isinstance(value, str) or not isinstance(value, int | float):
        return False
    return value >= _bound(test) if test.operator == "at_least" else value <= _bound(test)


def _follows(test: FieldTest, given: FieldTest, operator: Operator) -> bool:
    if given.operator != test.operator:
        return False
    return _bound(given) >= _bound(test) if test.operator == "at_least" else _bound(given) <= _bound(test)


def _contradicts(test: FieldTest, other: FieldTest) -> bool:
    return (test.operator, other.operator) == ("at_least", "at_most") and _bound(test) > _bound(other)


def _keys(test: FieldTest) -> list[Sequence[Key]]:
    return [(presence_key(test.field),)]


def _schema(vocabulary: Vocabulary | None) -> Schema:
    return {"type": "integer", "minimum": 0}


def _bound_operator(name: str, beside: str, check: Callable[[FieldTest], Check], meaning: str, words: str) -> Operator:
    return Operator(
        name=name,
        kinds=_KINDS,
        beside=beside,
        read=_read,
        check=check,
        keys=_keys,
        when_absent=never,
        when_present=always,
        values=unknown,
        admits=_admits,
        one_is_enough=True,
        follows=_follows,
        contradicts=_contradicts,
        named=nothing_named,
        schema=_schema,
        usage=f"{name}: number",
        meaning=meaning,
        wording=lambda field, operand: f"{field}: {words} {operand}",
    )


AT_LEAST = _bound_operator("at_least", "at_most", _at_least, "the number is not smaller", "at least")
AT_MOST = _bound_operator(
    "at_most", "at_least", _at_most, "the number is not larger; one test may have both", "at most"
)
OPERATORS = (AT_LEAST, AT_MOST)
