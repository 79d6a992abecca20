"""The fields a test may name, which tests suit each, and which values it can have."""

from dataclasses import dataclass

from shared.conditions.model import Operator
from shared.conditions.vocabulary import Vocabulary

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ATTACHMENT_TYPES = ("gif", "jpeg", "png", "pdf")
PLATFORMS = ("web", "ios", "android", "other")
DETAIL = "details."

_CODE: frozenset[Operator] = frozenset(("is", "in", "exists"))
_WRITTEN: frozenset[Operator] = _CODE | {"contains_any", "matches"}
_NUMBER: frozenset[Operator] = frozenset(("is", "in", "at_least", "at_most"))


@dataclass(frozen=True, slots=True)
class FieldType:
    """What one field holds.

    `values`: the only values there are (None: any). `largest`: the field is a whole number from 0 to this.
    `letters`: the values are compared in this case. `many`: a note has any number of values.
    `counted`: the field takes `days` and `same_path`.
    """

    operators: frozenset[Operator]
    values: frozenset[str] | None = None
    noun: str = "value"
    largest: int | None = None
    letters: str | None = None
    any_scalar: bool = False
    many: bool = False
    counted: bool = False


_FIXED: dict[str, FieldType] = {
    "locale": FieldType(_CODE | {"matches"}),
    "country": FieldType(_CODE, letters="upper", noun="country"),
    "platform": FieldType(_CODE, frozenset(PLATFORMS), "platform"),
    "email_domain": FieldType(_CODE | {"matches"}, letters="lower"),
    "subject": FieldType(_WRITTEN),
    "message": FieldType(_WRITTEN),
    "text": FieldType(_WRITTEN),
    "attachment.count": FieldType(_NUMBER | {"exists"}, largest=1_000),
    "attachment.type": FieldType(_CODE, frozenset(ATTACHMENT_TYPES), "attachment type", many=True),
    "previous_tickets": FieldType(_NUMBER, largest=1_000, counted=True),
    "weekday": FieldType(_CODE, frozenset(WEEKDAYS), "weekday"),
    "hour": FieldType(_NUMBER | {"exists"}, largest=23),
}
FIELD_NAMES = ("category", *_FIXED, "missing_evidence", "details.<name>")


def field_type(name: str, vocabulary: Vocabulary) -> FieldType | None:
    """What the field of that name holds; None when there is no such field."""
    if name.startswith(DETAIL):
        return _detail(name.removeprefix(DETAIL), vocabulary)
    if vocabulary.only_details:
        return None
    if name == "category":
        return FieldType(_CODE | {"within", "matches"}, vocabulary.categories, "category")
    if name == "missing_evidence":
        return FieldType(_CODE, vocabulary.evidence, "evidence", many=True)
    return _FIXED.get(name)


def _detail(name: str, vocabulary: Vocabulary) -> FieldType | None:
    if name not in vocabulary.details:
        return None
    choices = vocabulary.details[name]
    return FieldType(_WRITTEN, choices, "choice", any_scalar=choices is None)
