"""Checks the values of a submission's fields, whoever gives them: a requester at intake or an agent at triage. Pure."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shared.catalog.countries import country_code
from shared.catalog.details import detail_errors, normalised_details
from shared.catalog.evidence import refused_evidence
from shared.catalog.formats import is_email
from shared.catalog.model import Catalog, Category
from shared.i18n.marker import gettext_noop
from shared.mail.addresses import visible
from shared.submission_fields import CODES, LONGEST_LOCALE, SUBMISSION_FIELDS, SubmissionField
from shared.validation import FieldErrors

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

# Types of a category's own fields whose values are codes.
_CODES = ("choice", "country")


@dataclass(frozen=True)
class SubmissionValues:
    """`fields`: every declared field by name, `category` as today's path ("" for none). `details` are normalised."""

    fields: Mapping[str, str | None]
    details: Mapping[str, object]


def read_values(
    catalog: Catalog,
    given: Mapping[str, object],
    errors: FieldErrors,
    language: str = "en",
    *,
    smtputf8: bool = False,
    optional: Collection[str] = (),
) -> SubmissionValues:
    """The values in `given` (names as in the API; None and empty texts count as not given). What is wrong is added to `errors`: only
    without errors is the result a submission.

    Errors of details are in `language` where the catalogue is translated. `smtputf8`: addresses may be beyond ASCII before the @.
    `optional`: names of required fields that may be missing.
    """
    fields = {
        field.name: read_field(field, given.get(field.name), errors, smtputf8=smtputf8) for field in SUBMISSION_FIELDS
    }
    category = catalog.resolve(fields["category"]) if fields["category"] else None
    if fields["category"] and category is None:
        errors["category"] = [NO_CATEGORY]
    details = _details(category, given.get("details"), language, errors, smtputf8=smtputf8)
    for field in SUBMISSION_FIELDS:
        if field.required and field.name not in optional and not fields[field.name] and field.name not in errors:
            errors[field.name] = [REQUIRED]
    country = fields["country"]
    return SubmissionValues(
        fields={
            **fields,
            "category": category.path if category else "",
            "locale": fields["locale"] or "en",
            "country": country_code(country) if country else None,
        },
        details=details,
    )


def codes_of(
    catalog: Catalog, fields: Mapping[str, str | None], details: Mapping[str, object], media_types: Sequence[str] = ()
) -> dict[str, object]:
    """What the payload of a new ticket's event holds of its values. `media_types`: of its files."""
    category = catalog.categories[fields["category"] or ""]
    return {
        **{name: fields.get(name) for name in CODES},
        "cannot_provide": list(refused_evidence(category, details, media_types)),
        "details_codes": {
            field.name: details[field.name]
            for field in category.fields
            if field.type in _CODES and field.name in details
        },
        "catalog": catalog.number,
    }


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
