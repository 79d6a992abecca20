"""Checks what was sent: a Submission, or every error in it at once. Pure but for decoding the file."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from services.intake.submissions.submission import Submission, Upload
from shared.attachments.check import CheckedFile, check_file
from shared.attachments.errors import FileRefused, SeveralFiles
from shared.catalog.countries import country_code
from shared.catalog.details import detail_errors, normalised_details
from shared.catalog.formats import is_email
from shared.catalog.model import Catalog, Category
from shared.errors import Unprocessable
from shared.i18n.marker import gettext_noop
from shared.mail.addresses import visible
from shared.submission_fields import LONGEST_LOCALE, NAMES, SUBMISSION_FIELDS, SubmissionField
from shared.validation import FieldErrors

FIELDS = (*NAMES, "details")
LOCALE = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,6}")
# Unicode's control characters (Cc), but for line end and tab in a text; in one line, its line and paragraph ends neither.
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# What a keyboard or a paste leaves in a text and nobody sees: dropped, since a person could not find it.
_UNSEEN = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_UNSHOWN_IN_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

REQUIRED = gettext_noop("This is required.")
NOT_TEXT = "This must be text."
UNKNOWN = "There is no such field."
NO_EMAIL = "This is not an e-mail address."
NOT_ASCII = gettext_noop(
    "Our mail cannot reach an address with characters such as å or ж before the @. Enter another one."
)
NO_CATEGORY = "There is no such category."
NO_COUNTRY = "This is not a country code of two letters (ISO 3166-1)."
NO_LOCALE = "This is not a language tag such as en or sv-SE."
NOT_AN_OBJECT = "This must be an object with the category's own fields."
TOO_LONG = gettext_noop("This is too long.")
CONTROL = gettext_noop("This holds characters that cannot be shown.")


def validate_submission(
    catalog: Catalog,
    given: Mapping[str, object],
    uploads: Sequence[Upload] = (),
    language: str = "en",
    *,
    smtputf8: bool = False,
) -> Submission:
    """The submission in `given` (names as in the API; None and empty texts count as not given).

    Errors of details are in `language` where the catalogue is translated. `smtputf8`: addresses may be beyond ASCII before the @.

    Raises Unprocessable with every error in `errors`; a file that alone is wrong raises its own error (attachments/errors.py). Raises
    Unavailable when the file cannot be checked now.
    """
    errors: FieldErrors = {name: [UNKNOWN] for name in given if name not in FIELDS}
    fields = {
        field.name: read_field(field, given.get(field.name), errors, smtputf8=smtputf8) for field in SUBMISSION_FIELDS
    }
    category = catalog.resolve(fields["category"]) if fields["category"] else None
    if fields["category"] and category is None:
        errors["category"] = [NO_CATEGORY]
    details = _details(category, given.get("details"), language, errors, smtputf8=smtputf8)
    for field in SUBMISSION_FIELDS:
        if field.required and not fields[field.name] and field.name not in errors:
            errors[field.name] = [REQUIRED]
    file = read_file(uploads, errors)
    country = fields["country"]
    return Submission(
        fields={
            **fields,
            "category": category.path if category else "",
            "locale": fields["locale"] or "en",
            "country": country_code(country) if country else None,
        },
        details=details,
        file=file,
    )


def no_choice(field: SubmissionField) -> str:
    """The error of a value that is none of the field's choices."""
    *first, last = field.choices
    return f"This must be {', '.join(first)} or {last}."


def email_error(text: str, *, smtputf8: bool) -> str | None:
    """Why our mail cannot be sent to this address; None when it can."""
    if is_email(text, smtputf8=smtputf8):
        return None
    return NOT_ASCII if is_email(text, smtputf8=True) else NO_EMAIL


def read_field(field: SubmissionField, value: object, errors: FieldErrors, *, smtputf8: bool = False) -> str | None:
    """The value without blanks around it; None when there is none. What is wrong with it is added to `errors`."""
    if value is None:
        return None
    if not isinstance(value, str):
        errors[field.name] = [NOT_TEXT]
        return None
    lines = field.kind == "text"
    # A browser's line ends are replaced before the text is measured.
    text = _shown(_UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n")) if lines else value)
    if field.kind == "email":
        text = visible(text)
    if error := _error(field, text, smtputf8=smtputf8):
        errors[field.name] = [error]
    return text or None


def read_file(uploads: Sequence[Upload], errors: FieldErrors) -> CheckedFile | None:
    """The checked file. With other errors beside it, raises Unprocessable with all of them; alone, the file's own error.

    A browser sends an empty, nameless file where none was chosen: that is no file.
    """
    file = None
    given = [upload for upload in uploads if upload.name or upload.body]
    try:
        if len(given) > 1:
            raise SeveralFiles
        if given:
            file = check_file(given[0].name, given[0].body)
    except FileRefused as refused:
        if not errors:
            raise
        errors.update({field: list(because) for field, because in refused.errors.items()})
    if errors:
        raise Unprocessable(errors)
    return file


def _error(field: SubmissionField, text: str, *, smtputf8: bool) -> str | None:
    unshown = _UNSHOWN if field.kind == "text" else _UNSHOWN_IN_LINE
    # A line end in a line would end a mail's header and begin another.
    if unshown.search(text):
        return CONTROL
    if len(text) > field.longest and field.kind != "locale":
        return TOO_LONG
    if not text:
        return None
    if field.kind == "email":
        return email_error(text, smtputf8=smtputf8)
    if field.choices and text not in field.choices:
        return no_choice(field)
    if field.kind == "country" and country_code(text) is None:
        return NO_COUNTRY
    if field.kind == "locale" and (len(text) > LONGEST_LOCALE or not LOCALE.fullmatch(text)):
        return NO_LOCALE
    return None


def _shown(text: str) -> str:
    """Without blanks around it; empty when nothing of it can be seen, as when it is zero-width characters (Unicode's Cf) alone."""
    stripped = text.strip()
    seen = any(unicodedata.category(character) not in ("Cf", "Zs", "Zl", "Zp") for character in stripped)
    return stripped if seen else ""


def _details(
    category: Category | None, value: object, language: str, errors: FieldErrors, *, smtputf8: bool
) -> dict[str, object]:
    given = {} if value is None else value
    if not isinstance(given, dict):
        errors["details"] = [NOT_AN_OBJECT]
        return {}
    if category is None:
        return {}
    wrong = detail_errors(category, given, language, smtputf8=smtputf8)
    errors.update(wrong)
    return {} if wrong else normalised_details(category, given)
