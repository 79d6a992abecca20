"""Reads what stands behind a test's operator: `is: US`, `in: [US, CA]`, `at_least: 2`."""

from collections.abc import Callable

from shared.conditions.fields import FieldType
from shared.conditions.limits import MAX_STRING, MAX_VALUES, Budget
from shared.conditions.matching import key_of
from shared.conditions.model import Operator, Scalar
from shared.conditions.patterns import PatternRefused, compile_pattern
from shared.conditions.vocabulary import Vocabulary
from shared.conditions.words import split

Say = Callable[[str], None]
Read = tuple[Scalar | tuple[Scalar, ...], object]


class OperandReader:
    """Reads operands for one field; what is wrong goes to `say`, and the operand is then None."""

    def __init__(self, kind: FieldType, vocabulary: Vocabulary, budget: Budget, say: Say) -> None:
        self._kind = kind
        self._vocabulary = vocabulary
        self._budget = budget
        self._say = say

    def read(self, operator: Operator, value: object) -> Read | None:
        """The operand as written and as matching wants it."""
        readers: dict[Operator, Callable[[object], Read | None]] = {
            "is": self._is,
            "in": self._in,
            "within": self._within,
            "contains_any": self._contains_any,
            "matches": self._matches,
            "exists": self._exists,
            "at_least": self._bound,
            "at_most": self._bound,
        }
        return readers[operator](value)

    def _is(self, value: object) -> Read | None:
        known = self._value(value)
        return None if known is None else (known, frozenset((key_of(known),)))

    def _in(self, value: object) -> Read | None:
        if (listed := self._listed(value)) is None:
            return None
        known = [self._value(element) for element in listed]
        good = tuple(element for element in known if element is not None)
        return (good, frozenset(map(key_of, good))) if len(good) == len(known) else None

    def _within(self, value: object) -> Read | None:
        if not isinstance(value, str):
            return self._refuse("a path, such as business or business/rich-pins, is needed here")
        path = value.removesuffix("/")
        if path not in self._vocabulary.branches:
            return self._refuse(f"unknown category {_shown(value)}")
        return path, f"{path}/"

    def _contains_any(self, value: object) -> Read | None:
        if (listed := self._listed(value)) is None:
            return None
        singles, phrases = set[str](), set[str]()
        for word in listed:
            if not isinstance(word, str) or len(word) > MAX_STRING:
                return self._refuse(f"words of at most {MAX_STRING} characters are needed here, not {_shown(word)}")
            parts = split(word)
            if not parts:
                return self._refuse(f"{_shown(word)} has no letter and no digit")
            (phrases if len(parts) > 1 else singles).add(" ".join(parts))
        return tuple(map(str, listed)), (frozenset(singles), tuple(sorted(f" {phrase} " for phrase in phrases)))

    def _matches(self, value: object) -> Read | None:
        if not isinstance(value, str):
            return self._refuse("a pattern (a string) is needed here")
        try:
            return value, compile_pattern(value, self._budget)
        except PatternRefused as refusal:
            return self._refuse(str(refusal))

    def _exists(self, value: object) -> Read | None:
        return (value, None) if isinstance(value, bool) else self._refuse("true or false is needed here")

    def _bound(self, value: object) -> Read | None:
        known = self._whole_number(value)
        return None if known is None else (known, None)

    def _listed(self, value: object) -> list[object] | None:
        if not isinstance(value, list) or not value:
            self._say("a list of at least one value is needed here")
            return None
        self._budget.values -= len(value)
        if len(value) > MAX_VALUES or self._budget.values < 0:
            self._say(f"too many values: at most {MAX_VALUES} here, and 100,000 in a document")
            return None
        return value

    def _value(self, value: object) -> Scalar | None:
        if self._kind.largest is not None:
            return self._whole_number(value)
        if self._kind.any_scalar and isinstance(value, bool | int | float):
            return value
        if not isinstance(value, str) or not value:
            self._say(f"a string is needed here, not {_shown(value)}")
            return None
        if len(value) > MAX_STRING:
            self._say(f"the value is longer than {MAX_STRING} characters")
            return None
        return self._known(value)

    def _known(self, value: str) -> str | None:
        if self._kind.letters == "upper":
            value = value.upper()
        elif self._kind.letters == "lower":
            value = value.lower()
        if self._kind.noun == "country" and not (len(value) == 2 and value.isascii() and value.isalpha()):
            self._say(f"{_shown(value)} is not a two-letter country code (ISO 3166-1)")
            return None
        if self._kind.noun == "country" and value == "UK":
            self._say("the United Kingdom's code is GB (ISO 3166-1)")
            return None
        if self._kind.values is not None and value not in self._kind.values:
            self._say(f"unknown {self._kind.noun} {_shown(value)}")
            return None
        return value

    def _whole_number(self, value: object) -> int | None:
        largest = self._kind.largest or 0
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= largest:
            self._say(f"a whole number from 0 to {largest} is needed here, not {_shown(value)}")
            return None
        return value

    def _refuse(self, message: str) -> Read | None:
        self._say(message)
        return None


def _shown(value: object) -> str:
    """A value for a message, never longer than a line."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a mapping"
    if isinstance(value, int) and value.bit_length() > 200:
        return "a huge number"
    written = repr(value)
    return written if len(written) <= 60 else f"{written[:57]}…"
