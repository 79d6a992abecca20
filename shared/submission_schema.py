"""The fields of a submission as marshmallow fields, for the OpenAPI documents: `read_values` checks them and reports all errors at once."""

from collections.abc import Collection
from typing import Any

import marshmallow as ma

from shared.submission_fields import SUBMISSION_FIELDS, SubmissionField


def submission_fields(optional: Collection[str] = ()) -> dict[str, Any]:
    """Every declared field and `details`, by name. `optional`: required fields that may be missing."""
    return {**{field.name: _field(field, field.name in optional) for field in SUBMISSION_FIELDS}, "details": _DETAILS}


def text_field(about: str, longest: int | None = None, required: bool = False) -> ma.fields.String:
    """A text; null counts as not given."""
    limits = [ma.validate.Length(min=1 if required else None, max=longest)] if longest or required else []
    return ma.fields.String(
        required=required, allow_none=not required, validate=limits, metadata={"description": about}
    )


def _field(field: SubmissionField, optional: bool) -> ma.fields.String:
    if field.choices:
        choices = ma.validate.OneOf(tuple(field.choices))
        return ma.fields.String(allow_none=True, validate=choices, metadata={"description": field.about})
    longest = None if field.kind in ("category", "country") else field.longest
    return text_field(field.about, longest, field.required and not optional)


_DETAILS = ma.fields.Dict(
    keys=ma.fields.String(),
    allow_none=True,
    metadata={
        "description": "The category's own fields, evidence that is a link or text by its id, and `cannot_provide`: the ids of "
        "evidence that the person cannot give."
    },
)
