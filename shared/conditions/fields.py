"""The fields a test may name and the values each can have."""

from dataclasses import dataclass
from typing import Literal, get_args

from shared.attachment_types import RULE_NAMES
from shared.conditions.vocabulary import Vocabulary
from shared.submission_fields import PLATFORMS, SUBMISSION_FIELDS

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DETAIL = "details."

# What kind of values a field has; each operator names the kinds that it suits. A `count` is a number that is always there.
FieldKind = Literal["code", "name", "path", "text", "number", "count"]
FIELD_KINDS: frozenset[FieldKind] = frozenset(get_args(FieldKind))


@dataclass(frozen=True, slots=True)
class FieldType:
    """What one field holds.

    `values`: the only values there are (None: any). `largest`: the field is a whole number from 0 to this.
    `case`: the values are compared in this case. A field of kind `count` takes `days` and `same_path`.
    """

    kind: FieldKind
    values: frozenset[str] | None = None
    noun: str = "value"
    largest: int | None = None
    case: str | None = None
    any_scalar: bool = False


_FIXED: dict[str, FieldType] = {
    "locale": FieldType("name"),
    "country": FieldType("code", case="upper", noun="country"),
    "platform": FieldType("code", frozenset(PLATFORMS), "platform"),
    "email_domain": FieldType("name", case="lower"),
    "subject": FieldType("text"),
    "message": FieldType("text"),
    "text": FieldType("text"),
    "attachment.count": FieldType("number", largest=1_000),
    "attachment.type": FieldType("code", frozenset(RULE_NAMES), "attachment type"),
    "previous_tickets": FieldType("count", largest=1_000),
    "weekday": FieldType("code", frozenset(WEEKDAYS), "weekday"),
    "hour": FieldType("number", largest=23),
}
# The other fields of a submission that rules may test.
_FIXED |= {
    one.name: FieldType("code", frozenset(one.choices), one.name) if one.choices else FieldType("text")
    for one in SUBMISSION_FIELDS
    if one.in_rules and one.name not in ("category", *_FIXED)
}
# By name, for the documents. `category` and `missing_evidence` get their values from a vocabulary.
KINDS_BY_FIELD: dict[str, FieldKind] = {
    "category": "path",
    **{name: field.kind for name, field in _FIXED.items()},
    "missing_evidence": "code",
    "details.<name>": "text",
}
FIELD_NAMES = tuple(KINDS_BY_FIELD)
# A ticket may have several values of these, so two tests of one may hold by different values.
MANY_VALUES = frozenset(("attachment.type", "missing_evidence", "details.cannot_provide"))


def field_type(name: str, vocabulary: Vocabulary) -> FieldType | None:
    """What the field of that name holds; None when there is no such field."""
    if name.startswith(DETAIL):
        return _detail(name.removeprefix(DETAIL), vocabulary)
    if vocabulary.only_details:
        return None
    if name == "category":
        return FieldType("path", vocabulary.categories, "category")
    if name == "missing_evidence":
        return FieldType("code", vocabulary.evidence, "evidence")
    return _FIXED.get(name)


def _detail(name: str, vocabulary: Vocabulary) -> FieldType | None:
    if name not in vocabulary.details:
        return None
    choices = vocabulary.details[name]
    return FieldType("text", choices, "choice", any_scalar=choices is None)
