"""`contains_any`: whole words or phrases of a text, case and accents folded."""

from collections.abc import Sequence
from typing import cast

from shared.conditions.keys import Key, word_key
from shared.conditions.limits import MAX_STRING, MAX_VALUES
from shared.conditions.model import FieldTest
from shared.conditions.operands import Operand, OperandReader, shown
from shared.conditions.operators.operator import Check, Operator, Schema, always, never, unknown
from shared.conditions.vocabulary import Vocabulary
from shared.conditions.words import beginnings_of, led_by_a_word, split

Folded = tuple[frozenset[str], tuple[str, ...]]  # single words; phrases, a blank before and behind each


def _read(reader: OperandReader, value: object) -> Operand | None:
    elements = reader.values(value)
    if elements is None:
        return None
    singles, phrases = set[str](), set[str]()
    for word in elements:
        if not isinstance(word, str) or len(word) > MAX_STRING:
            return reader.refuse(f"words of at most {MAX_STRING} characters are needed here, not {shown(word)}")
        parts = split(word)
        if not parts:
            return reader.refuse(f"{shown(word)} has no letter and no digit")
        (phrases if len(parts) > 1 else singles).add(" ".join(parts))
    return tuple(map(str, elements)), (frozenset(singles), tuple(sorted(f" {phrase} " for phrase in phrases)))


def _check(test: FieldTest) -> Check:
    singles, phrases = cast(Folded, test.prepared)
    beginnings, led, field = beginnings_of(singles), led_by_a_word(phrases), test.field
    return lambda facts: facts.words(field).have_any(singles, beginnings, led)


def _keys(test: FieldTest) -> list[Sequence[Key]]:
    """A text with a phrase has all of its words; the longest is likely the rarest and comes first."""
    singles, phrases = cast(Folded, test.prepared)
    split_phrases = [sorted(phrase.split(), key=len, reverse=True) for phrase in phrases]
    return [
        *((word_key(test.field, word),) for word in singles),
        *([word_key(test.field, word) for word in words] for words in split_phrases),
    ]


def _words_of(test: FieldTest) -> frozenset[str]:
    singles, phrases = cast(Folded, test.prepared)
    return singles | frozenset(phrases)


def _follows(test: FieldTest, given: FieldTest, operator: Operator) -> bool:
    return given.operator == test.operator and _words_of(given) <= _words_of(test)


def _schema(vocabulary: Vocabulary | None) -> Schema:
    return {
        "type": "array",
        "items": {"type": "string", "maxLength": MAX_STRING},
        "minItems": 1,
        "maxItems": MAX_VALUES,
    }


def _wording(field: str, operand: object) -> str:
    return f"{field} has one of “{'”, “'.join(cast(Sequence[str], operand))}”"


CONTAINS_ANY = Operator(
    name="contains_any",
    kinds=frozenset(("text",)),
    beside=None,
    read=_read,
    check=_check,
    keys=_keys,
    when_absent=never,
    when_present=always,
    values=unknown,
    admits=unknown,
    one_is_enough=True,
    follows=_follows,
    contradicts=never,
    named=lambda test: sorted(_words_of(test)),
    schema=_schema,
    usage="contains_any: [word, …]",
    meaning="the text contains at least one word or phrase of the list: whole words, case and accents ignored",
    wording=_wording,
)
OPERATORS = (CONTAINS_ANY,)
