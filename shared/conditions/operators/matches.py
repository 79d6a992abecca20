"""`matches`: an RE2 pattern, found anywhere in the value."""

from collections.abc import Sequence
from typing import cast

from shared.conditions.keys import Key, presence_key
from shared.conditions.limits import MAX_PATTERN
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
from shared.conditions.patterns import Pattern, PatternError, compile_pattern, found
from shared.conditions.vocabulary import Vocabulary


def _read(reader: OperandReader, value: object) -> Operand | None:
    if not isinstance(value, str):
        return reader.refuse("a pattern (a string) is needed here")
    try:
        return value, compile_pattern(value, reader.budget)
    except PatternError as error:
        return reader.refuse(str(error))


def _check(test: FieldTest) -> Check:
    pattern, field = cast(Pattern, test.prepared), test.field

    def check(facts: MemoisedFacts) -> bool:
        value = facts.value(field)
        return isinstance(value, str) and found(pattern, value)

    return check


def _keys(test: FieldTest) -> list[Sequence[Key]]:
    return [(presence_key(test.field),)]


def _schema(vocabulary: Vocabulary | None) -> Schema:
    return {"type": "string", "maxLength": MAX_PATTERN}


MATCHES = Operator(
    name="matches",
    kinds=frozenset(("name", "path", "text")),
    beside=None,
    read=_read,
    check=_check,
    keys=_keys,
    when_absent=never,
    when_present=always,
    values=unknown,
    admits=unknown,  # patterns are not looked into
    one_is_enough=True,
    follows=never,
    contradicts=never,
    named=nothing_named,
    schema=_schema,
    usage="matches: pattern",
    meaning="the [RE2](https://github.com/google/re2/wiki/Syntax) pattern matches somewhere in it; `(?i)` ignores case",
    wording=lambda field, operand: f"{field} matches {operand}",
)
OPERATORS = (MATCHES,)
