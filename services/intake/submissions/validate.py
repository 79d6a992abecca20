"""From what was typed to a Note, or to every fault in it at once. Pure but for decoding the file."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from services.intake.attachments.check import CheckedFile, check_file
from services.intake.attachments.errors import FileRefused, SeveralFiles
from services.intake.submissions.submission import Note, Upload
from shared.catalog.countries import country_code
from shared.catalog.details import detail_errors, normalised_details
from shared.catalog.formats import is_email
from shared.catalog.model import Catalog, Category
from shared.errors import Unprocessable

FIELDS = (
    "category",
    "email",
    "message",
    "subject",
    "name",
    "username",
    "platform",
    "country",
    "locale",
    "details",
)
PLATFORMS = ("web", "ios", "android", "other")
LONGEST_MESSAGE = 10_000
# RFC 5322, 2.1.1 allows lines of 998; these are what fits a list row and a greeting.
LONGEST_LINE = {"subject": 200, "name": 100, "username": 100}
# Two letters to the 35 characters that RFC 5646, 4.4.1 tells everybody to allow for.
LOCALE = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,6}")
LONGEST_LOCALE = 35
# Unicode's control characters (Cc), but for line end and tab in a message; in one line, its line and paragraph ends neither.
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_UNSHOWN_IN_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

REQUIRED = "This is required."
NOT_TEXT = "This must be text."
UNKNOWN = "There is no such field."
NO_EMAIL = "This is not an e-mail address."
NO_CATEGORY = "There is no such category."
NO_PLATFORM = "This must be web, ios, android or other."
NO_COUNTRY = "This is not a country code of two letters (ISO 3166-1)."
NO_LOCALE = "This is not a language tag such as en or sv-SE."
NOT_AN_OBJECT = "This must be an object with the category's own fields."
TOO_LONG = "This is too long."
CONTROL = "This holds characters that cannot be shown."

Faults = dict[str, list[str]]


def read_note(
    catalog: Catalog, given: Mapping[str, object], uploads: Sequence[Upload] = (), language: str = "en"
) -> Note:
    """The note in `given` (names as in the API; None and empty texts count as not given).

    Faults are told in `language` where the catalogue has words for them. Raises Unprocessable with every fault in `errors`; a file
    that alone is wrong keeps its own kind (see attachments.refusals). Raises Unavailable when the file cannot be checked now.
    """
    faults: Faults = {name: [UNKNOWN] for name in given if name not in FIELDS}
    texts = {name: _line(name, given.get(name), faults) for name in FIELDS if name not in ("message", "details")}
    message = read_message(given.get("message"), faults)
    category = _category(catalog, texts["category"], faults)
    details = _details(category, given.get("details"), language, faults)
    _check_codes(texts, faults)
    for name in ("category", "email", "message"):
        if not (message if name == "message" else texts[name]) and name not in faults:
            faults[name] = [REQUIRED]
    file = read_file(uploads, faults)
    return Note(
        category=category.path if category else "",
        email=texts["email"] or "",
        message=message or "",
        locale=texts["locale"] or "en",
        details=details,
        subject=texts["subject"],
        name=texts["name"],
        username=texts["username"],
        platform=texts["platform"],
        country=country_code(texts["country"]) if texts["country"] else None,
        file=file,
    )


def read_message(value: object, faults: Faults) -> str | None:
    """A text of several lines; a browser's line ends are made plain ones before it is measured."""
    if value is None:
        return None
    if not isinstance(value, str):
        faults["message"] = [NOT_TEXT]
        return None
    text = _shown(value.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > LONGEST_MESSAGE:
        faults["message"] = [TOO_LONG]
    elif _UNSHOWN.search(text):
        faults["message"] = [CONTROL]
    return text


def read_file(uploads: Sequence[Upload], faults: Faults) -> CheckedFile | None:
    """The checked file. With other faults beside it, raises Unprocessable with all of them; alone, the file's own refusal.

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
        if not faults:
            raise
        faults.update({field: list(because) for field, because in refused.errors.items()})
    if faults:
        raise Unprocessable(faults)
    return file


def _shown(text: str) -> str:
    """Without blanks around it; empty when nothing of it can be seen, as when it is zero-width characters (Unicode's Cf) alone."""
    stripped = text.strip()
    seen = any(unicodedata.category(character) not in ("Cf", "Zs", "Zl", "Zp") for character in stripped)
    return stripped if seen else ""


def _line(name: str, value: object, faults: Faults) -> str | None:
    """A text of one line without blanks around it; None when there is none."""
    if value is None:
        return None
    if not isinstance(value, str):
        faults[name] = [NOT_TEXT]
        return None
    text = _shown(value)
    if _UNSHOWN_IN_LINE.search(text):
        # A line end here would end a mail's header and begin another.
        faults[name] = [CONTROL]
    elif len(text) > LONGEST_LINE.get(name, 254):
        faults[name] = [TOO_LONG]
    return text or None


def _category(catalog: Catalog, path: str | None, faults: Faults) -> Category | None:
    category = catalog.resolve(path) if path else None
    if path and category is None:
        faults["category"] = [NO_CATEGORY]
    return category


def _details(category: Category | None, value: object, language: str, faults: Faults) -> dict[str, object]:
    given = {} if value is None else value
    if not isinstance(given, dict):
        faults["details"] = [NOT_AN_OBJECT]
        return {}
    if category is None:
        return {}
    wrong = detail_errors(category, given, language)
    faults.update(wrong)
    return {} if wrong else normalised_details(category, given)


def _check_codes(texts: Mapping[str, str | None], faults: Faults) -> None:
    email, platform, country, locale = (texts[name] for name in ("email", "platform", "country", "locale"))
    if email and "email" not in faults and not is_email(email):
        faults["email"] = [NO_EMAIL]
    if platform and platform not in PLATFORMS:
        faults["platform"] = [NO_PLATFORM]
    if country and country_code(country) is None:
        faults["country"] = [NO_COUNTRY]
    if locale and (len(locale) > LONGEST_LOCALE or not LOCALE.fullmatch(locale)):
        faults["locale"] = [NO_LOCALE]
