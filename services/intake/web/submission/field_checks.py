"""What the form's script checks of a field before it is sent, with the message the server would answer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from services.intake.submissions.posted import PREFIX
from services.intake.web.languages import current_language, page_locale
from services.intake.web.submission.error_messages import form_messages
from services.intake.web.submission.evidence_sections import EvidenceSection
from shared.catalog.details import detail_errors, longest_detail
from shared.catalog.model import Category
from shared.submission_fields import FIELD, SubmissionField
from shared.submission_values import REQUIRED, read_field
from shared.validation import FieldErrors

# No address, whatever the field.
_NO_ADDRESS = "@"
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class FieldChecks:
    """`longest`: characters. The messages: too long, empty (of a required field), no e-mail address (of such a field)."""

    longest: int
    too_long: str
    required: str = ""
    wrong: str = ""


def checks_of(name: str, category: Category | None) -> FieldChecks | None:
    """The checks of the field `name` of the form, in this request's language; None for one that is not known."""
    if name in FIELD:
        return _of_declared(FIELD[name])
    longest = _longest_details(category).get(name) if category else None
    return _of_detail(name, category, longest) if category and longest else None


def file_needed(sections: Sequence[EvidenceSection]) -> bool:
    """Whether one of the sections that are asked for needs a file: the file is then not marked as optional."""
    return any(section.asked and section.needs_file for section in sections)


def _of_declared(field: SubmissionField) -> FieldChecks:
    def message(value: str) -> str:
        errors: FieldErrors = {}
        if read_field(field, value, errors) is None and field.required:
            errors = {field.name: [REQUIRED]}
        return _shown(errors, field.name)

    wrong = message(_NO_ADDRESS) if field.kind == "email" else ""
    return FieldChecks(field.longest, message("x" * (field.longest + 1)), message(""), wrong)


def _of_detail(name: str, category: Category, longest: int) -> FieldChecks:
    def message(value: str) -> str:
        return _shown(detail_errors(category, {name.removeprefix(PREFIX): value}, page_locale()), name)

    is_email = any(PREFIX + field.name == name and field.type == "email" for field in category.fields)
    return FieldChecks(longest, message("x" * (longest + 1)), message(""), message(_NO_ADDRESS) if is_email else "")


def _longest_details(category: Category) -> Mapping[str, int]:
    fields = {field.name: longest_detail(field) for field in category.fields}
    slots = {slot.id: longest_detail(slot) for slot in category.evidence if slot.typed}
    return {PREFIX + name: longest for name, longest in {**fields, **slots}.items()}


def _shown(errors: FieldErrors, name: str) -> str:
    """The message as the form shows it, as plain text for an attribute. `striptags` would replace the blanks that do not break."""
    found = form_messages({name: errors.get(name, [])}, current_language())
    return " ".join(unescape(_TAG.sub("", message)) for message in found[name])
