"""Checks what an agent enters about a ticket to open: an Opening, or every error in it at once. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shared.catalog.model import Catalog
from shared.errors import Unprocessable
from shared.submission_fields import FIELD, NAMES
from shared.submission_values import UNKNOWN, SubmissionValues, read_field, read_values
from shared.validation import FieldErrors

SOURCES = ("phone", "email", "other")
FIELDS = (*NAMES, "details", "internal_note", "source", "acknowledge")

NO_WORDS = "Write a message or an internal note."
NO_SOURCE = f"This must be {', '.join(SOURCES[:-1])} or {SOURCES[-1]}."
NOT_A_BOOLEAN = "This must be true or false."

_NOTE = replace(FIELD["message"], name="internal_note")


@dataclass(frozen=True)
class Opening:
    """A ticket to open. `internal_note`: for agents only; `acknowledge`: whether the person gets an acknowledgement."""

    values: SubmissionValues
    internal_note: str | None = None
    source: str = "other"
    acknowledge: bool = True


def read_opening(catalog: Catalog, given: Mapping[str, object], *, smtputf8: bool = False) -> Opening:
    """The ticket in `given`: a submission's fields, `internal_note`, `source` and `acknowledge`; null counts as not given.

    Missing evidence is no error, as at intake. `smtputf8`: addresses may be beyond ASCII before the @. Raises Unprocessable with every
    error.
    """
    errors: FieldErrors = {name: [UNKNOWN] for name in given if name not in FIELDS}
    values = read_values(catalog, given, errors, smtputf8=smtputf8, optional=["message"])
    note = read_field(_NOTE, given.get("internal_note"), errors)
    if not (values.fields["message"] or note) and not errors.keys() & {"message", "internal_note"}:
        errors["message"] = [NO_WORDS]
    source = given.get("source")
    if source is not None and source not in SOURCES:
        errors["source"] = [NO_SOURCE]
    acknowledge = given.get("acknowledge")
    if acknowledge is not None and not isinstance(acknowledge, bool):
        errors["acknowledge"] = [NOT_A_BOOLEAN]
    if errors:
        raise Unprocessable(errors)
    return Opening(values, note, str(source or "other"), acknowledge is not False)
