"""An answer as it is given: its two fields and their checks. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from shared.errors import Unprocessable
from shared.i18n.marker import gettext_noop
from shared.submission_fields import SubmissionField
from shared.submission_values import REQUIRED, UNKNOWN, read_field
from shared.validation import FieldErrors

Value = Literal["good", "bad"]
VALUES: tuple[Value, ...] = get_args(Value)
LONGEST_COMMENT = 2_000
NOT_A_VALUE = gettext_noop("This must be good or bad.")

_COMMENT = SubmissionField("comment", "text", "What the requester adds.", longest=LONGEST_COMMENT)


@dataclass(frozen=True)
class Answer:
    """`value`: whether the help was good; `comment`: None where none was written."""

    value: Value
    comment: str | None


def read_answer(given: Mapping[str, object]) -> Answer:
    """The answer in `given`: `answer` and, if it has one, `comment`. Raises Unprocessable, which names every wrong field."""
    errors: FieldErrors = {name: [UNKNOWN] for name in given if name not in ("answer", "comment")}
    value = given.get("answer")
    if value in (None, ""):
        errors["answer"] = [REQUIRED]
    elif value not in VALUES:
        errors["answer"] = [NOT_A_VALUE]
    comment = read_field(_COMMENT, given.get("comment"), errors)
    if errors:
        raise Unprocessable(errors)
    return Answer(cast(Value, value), comment)
