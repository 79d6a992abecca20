"""Checks and normalises the `details` of a path."""

from collections.abc import Mapping

from shared.catalog.countries import country_code
from shared.catalog.evidence import CANNOT_PROVIDE
from shared.catalog.formats import MAX_URL, is_date, is_email, is_month, is_web_address, web_host
from shared.catalog.model import Category, Evidence, Field
from shared.validation import FieldErrors

MAX_DETAIL = 2_000
_PLAIN_FORMATS = {"date": is_date, "month": is_month, "url": is_web_address}

# Every message; the data holds its texts.
MESSAGES = frozenset(
    {"required", "choice", "country", "date", "month", "email", "url", "too_long", "not_text", "not_storable"}
    | {"unknown_name", "file_only", "not_a_list", "unknown_evidence", "no_evidence", "shortener"}
)


def detail_errors(
    category: Category, details: Mapping[str, object], locale: str, *, smtputf8: bool = False
) -> FieldErrors:
    """All that is wrong with the details, by "details.<name>", in the person's language; empty when nothing is.

    `smtputf8`: whether e-mail addresses may be beyond ASCII before the @.

    Evidence that is missing or is no link is no error: the slot stays open (see `missing_evidence`).
    """
    check = _Check(category, locale, smtputf8)
    for field in category.fields:
        check.field(field, details.get(field.name))
    for slot in category.evidence:
        check.slot(slot, details.get(slot.id))
    check.cannot_provide(details.get(CANNOT_PROVIDE))
    check.names(details)
    return check.errors


def longest_detail(one: Field | Evidence) -> int:
    """How many characters a field, or evidence that is not a file, may have."""
    is_address = one.type == "url" if isinstance(one, Field) else "link" in one.accepts
    return MAX_URL if is_address else MAX_DETAIL


def normalised_details(category: Category, details: Mapping[str, object]) -> dict[str, object]:
    """The details as they are stored: only known names, texts without blanks around them, nothing empty, choices and
    countries by their codes. `details` must have no `detail_errors`.
    """
    kept: dict[str, object] = {}
    for field in category.fields:
        value = _tidy(details.get(field.name))
        if value:
            kept[field.name] = _canonical(field, value)
    for slot in category.evidence:
        value = _tidy(details.get(slot.id)) if slot.typed else ""
        if value:
            kept[slot.id] = value
    refused = details.get(CANNOT_PROVIDE)
    ids = [slot.id for slot in category.evidence if isinstance(refused, list | tuple) and slot.id in refused]
    return {**kept, CANNOT_PROVIDE: ids} if ids else kept


class _Check:
    def __init__(self, category: Category, locale: str, smtputf8: bool) -> None:
        self.category = category
        self.locale = locale
        self.smtputf8 = smtputf8
        self.errors: FieldErrors = {}

    def field(self, field: Field, value: object) -> None:
        if not self._is_text(field.name, value, longest_detail(field)):
            return
        given = _tidy(value)
        if not given:
            if field.required:
                self._error(field.name, "required", label=field.label.in_locale(self.locale).text)
        elif field.type == "choice" and _choice(field, given) is None:
            self._error(field.name, "choice", options=", ".join(option.value for option in field.options))
        elif field.type == "country" and country_code(given) is None:
            self._error(field.name, "country")
        elif field.type == "email" and not is_email(given, smtputf8=self.smtputf8):
            self._error(field.name, "email")
        elif field.type in _PLAIN_FORMATS and not _PLAIN_FORMATS[field.type](given):
            self._error(field.name, field.type)

    def slot(self, slot: Evidence, value: object) -> None:
        if not slot.typed:
            if value is not None:
                self._error(slot.id, "file_only")
        elif self._is_text(slot.id, value, longest_detail(slot)):
            host = _host_meant(_tidy(value)) if slot.refuses_shorteners else None
            if host and _is_under(host, self.category.detail_rules.shorteners):
                self._error(slot.id, "shortener", host=host)

    def cannot_provide(self, value: object) -> None:
        if value is None:
            return
        known = [slot.id for slot in self.category.evidence]
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            self._error(CANNOT_PROVIDE, "not_a_list")
        elif not set(value) <= set(known):
            self._error(CANNOT_PROVIDE, "unknown_evidence" if known else "no_evidence", known=", ".join(known))

    def names(self, details: Mapping[str, object]) -> None:
        fields, slots = self.category.fields, self.category.evidence
        known = {CANNOT_PROVIDE, *(field.name for field in fields), *(slot.id for slot in slots)}
        for name in details.keys() - known:
            self._error(name, "unknown_name")

    def _is_text(self, name: str, value: object, longest: int) -> bool:
        if value is None:
            return True
        if not isinstance(value, str):
            self._error(name, "not_text")
        elif not _can_be_stored(value):
            self._error(name, "not_storable")
        elif len(value.strip()) > longest:
            self._error(name, "too_long", longest=str(longest))
        else:
            return True
        return False

    def _error(self, name: str, message: str, **words: str) -> None:
        text = self.category.detail_rules.messages[message].in_locale(self.locale).text
        for word, value in words.items():
            text = text.replace(f"%({word})s", value)
        self.errors.setdefault(f"details.{name}", []).append(text)


def _tidy(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _canonical(field: Field, value: str) -> str:
    if field.type == "choice":
        return _choice(field, value) or value
    return country_code(value) or value if field.type == "country" else value


def _choice(field: Field, value: str) -> str | None:
    return next((option.value for option in field.options if option.value == value.lower()), None)


def _host_meant(value: str) -> str | None:
    """The host of an address that may lack its scheme."""
    return web_host(value if "://" in value else f"https://{value}")


def _is_under(host: str, domains: frozenset[str]) -> bool:
    labels = host.split(".")
    return any(".".join(labels[start:]) in domains for start in range(len(labels)))


def _can_be_stored(value: str) -> bool:
    """Postgres stores neither NUL nor half a surrogate pair in jsonb."""
    return "\x00" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
