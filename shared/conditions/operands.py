"""Reads what stands behind an operator: `is: US`, `in: [US, CA]`, `at_least: 2`."""

from dataclasses import dataclass

from shared.conditions.fields import FieldType
from shared.conditions.limits import MAX_STRING, MAX_VALUES, Budget
from shared.conditions.model import Scalar
from shared.conditions.vocabulary import Vocabulary
from shared.validation import Location

# The operand as written, and as matching needs it.
Operand = tuple[Scalar | tuple[Scalar, ...], object]


@dataclass(frozen=True, slots=True)
class OperandReader:
    """Reads the values of one field's operands. Each method returns None once it has reported an error at `at`."""

    field: FieldType
    vocabulary: Vocabulary
    budget: Budget
    at: Location

    def values(self, value: object) -> list[object] | None:
        """A list of at least one element; what the elements are is not checked."""
        if not isinstance(value, list) or not value:
            self.at.report("a list of at least one value is needed here")
            return None
        self.budget.values -= len(value)
        if len(value) > MAX_VALUES or self.budget.values < 0:
            self.at.report(f"too many values: at most {MAX_VALUES} here, and 100,000 in a document")
            return None
        return value

    def value(self, value: object) -> Scalar | None:
        """A value that the field can have, in the case that it is compared in."""
        if self.field.largest is not None:
            return self.whole_number(value)
        if self.field.any_scalar and isinstance(value, bool | int | float):
            return value
        if not isinstance(value, str) or not value:
            self.at.report(f"a string is needed here, not {shown(value)}")
            return None
        if len(value) > MAX_STRING:
            self.at.report(f"the value is longer than {MAX_STRING} characters")
            return None
        return self._known(value)

    def _known(self, value: str) -> str | None:
        field = self.field
        if field.case == "upper":
            value = value.upper()
        elif field.case == "lower":
            value = value.lower()
        if field.noun == "country" and not (len(value) == 2 and value.isascii() and value.isalpha()):
            self.at.report(f"{shown(value)} is not a two-letter country code (ISO 3166-1)")
            return None
        if field.noun == "country" and value == "UK":
            self.at.report("the United Kingdom's code is GB (ISO 3166-1)")
            return None
        if field.values is not None and value not in field.values:
            self.at.report(f"unknown {field.noun} {shown(value)}")
            return None
        return value

    def whole_number(self, value: object) -> int | None:
        """A whole number that the field can have."""
        largest = self.field.largest or 0
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= largest:
            self.at.report(f"a whole number from 0 to {largest} is needed here, not {shown(value)}")
            return None
        return value

    def refuse(self, message: str) -> Operand | None:
        """Report an error; returns None for the caller to return."""
        self.at.report(message)
        return None


def shown(value: object) -> str:
    """A value for a message, never longer than a line."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a mapping"
    if isinstance(value, int) and value.bit_length() > 200:
        return "a huge number"
    written = repr(value)
    return written if len(written) <= 60 else f"{written[:57]}…"
