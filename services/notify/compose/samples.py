"""Made-up facts for each kind: what a preview shows, and what the lint composes in every language."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.notify.compose.facts import missing_groups, reason_facts, said
from services.notify.compose.strings import language_of
from shared.catalog import Catalog, Category

REFERENCE = "T-7K3M-9QXA"
_WITHOUT_TICKET = ("application_status", "escalation", "ticket_links", "form_pointer")
_NAMING_THE_FORM = ("application_status", "disapproval", "form_pointer")
_MESSAGES = {
    "en": "Thank you for your patience.\n\nWe have looked at it <twice> & found this:\nall is well.",
    "sv": "Tack för ditt tålamod.\n\nVi har tittat på det <två gånger> & kommit fram till detta:\nallt är bra.",
}


def specimen(kind: str, catalog: Catalog, locale: str, intake_url: str) -> dict[str, Any]:
    """Facts of the kind's most telling case. Raises KeyError for an unknown kind."""
    return next(iter(specimens(kind, catalog, locale, intake_url)))


def specimens(kind: str, catalog: Catalog, locale: str, intake_url: str) -> Iterator[dict[str, Any]]:
    """Facts of every case that the kind's templates tell apart, the most telling one first."""
    network = {"network": catalog.network}
    on_ticket = {**network, "reference": REFERENCE, "status_url": f"{intake_url}/t/{REFERENCE}?key=example"}
    for case in _CASES[kind](catalog, locale):
        yield {
            **(network if kind in _WITHOUT_TICKET else on_ticket),
            **case,
        } | ({"help_url": f"{intake_url}/help"} if kind in _NAMING_THE_FORM else {})


def _message(locale: str) -> str:
    """What an agent might write, in the reader's language."""
    return _MESSAGES.get(language_of(locale), _MESSAGES["en"])


def _acknowledgement(catalog: Catalog, locale: str) -> Iterator[dict[str, Any]]:
    for requirement in ("required", "any_of", None):
        category, ids = _asking(catalog, requirement)
        yield {"topic": said(category.title, locale), "missing": missing_groups(category, ids, locale)}


def _information_request(catalog: Catalog, locale: str) -> Iterator[dict[str, Any]]:
    category, ids = _asking(catalog, "required")
    missing = missing_groups(category, ids, locale)
    for reminder, message in ((False, _message(locale)), (True, "")):
        yield {"missing": missing, "reminder": reminder, "message": message}


def _asking(catalog: Catalog, requirement: str | None) -> tuple[Category, list[str]]:
    """A category that asks for such evidence (None: whichever, asked for nothing), and the ids of what it asks for."""
    for category in catalog.listed():
        ids = [slot.id for slot in category.evidence if slot.requirement == requirement]
        if ids:
            return category, ids
    return catalog.listed()[0], []


def _disapproval(catalog: Catalog, locale: str) -> Iterator[dict[str, Any]]:
    reasons = reason_facts(catalog, list(catalog.reasons)[:2], locale)
    yield {"reasons": reasons, "item": None, "message": _message(locale)}
    yield {
        "reasons": reasons,
        "item": "https://www.example.com/pin/1",
        "message": "",
        "reference": None,
        "status_url": None,
        "audience": "applicant",
    }


def _reply(catalog: Catalog, locale: str) -> Iterator[dict[str, Any]]:
    for closed in (False, True):
        yield {"message": _message(locale), "closed": closed}


def _resolution(catalog: Catalog, locale: str) -> Iterator[dict[str, Any]]:
    for outcome, message in (("solved", _message(locale)), ("not_solved", ""), ("duplicate", ""), ("no_answer", "")):
        yield {"outcome": outcome, "message": message}


def _transfer(catalog: Catalog, locale: str) -> Iterator[dict[str, Any]]:
    yield {"team": said(next(iter(catalog.segments.values())), locale)}


def _application_status(catalog: Catalog, locale: str) -> Iterator[dict[str, Any]]:
    for status, reasons in (("approved", 0), ("received", 0), ("disapproved", 1), ("disapproved", 0), ("available", 0)):
        codes = list(catalog.reasons)[:reasons]
        yield {
            "status": status,
            "item": "https://shop.example.com/",
            "reasons": reason_facts(catalog, codes, locale),
        }


def _escalation(catalog: Catalog, locale: str) -> Iterator[dict[str, Any]]:
    late = {"reference": REFERENCE, "priority": "urgent", "respond_by": "2026-11-22 14:00 UTC"}
    for more in (3, 0):
        yield {"team": "ads", "tickets": [late], "more": more, "triage_url": "https://triage.example.com"}


def _ticket_links(catalog: Catalog, locale: str) -> Iterator[dict[str, Any]]:
    tickets = [
        {
            "reference": REFERENCE,
            "topic": said(category.title, locale),
            "url": f"https://help.example.com/t/{REFERENCE}?key=example",
        }
        for category in catalog.listed()[:2]
    ]
    yield {"tickets": tickets}


def _form_pointer(catalog: Catalog, locale: str) -> Iterator[dict[str, Any]]:
    yield {}


_CASES: Mapping[str, Any] = {
    "acknowledgement": _acknowledgement,
    "information_request": _information_request,
    "disapproval": _disapproval,
    "reply": _reply,
    "resolution": _resolution,
    "transfer": _transfer,
    "application_status": _application_status,
    "ticket_links": _ticket_links,
    "escalation": _escalation,
    "form_pointer": _form_pointer,
}
