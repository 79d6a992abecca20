"""The e-mails about something that was approved or disapproved, with a ticket or without one. Pure."""

from collections.abc import Iterator

from services.notify.compose.kinds.catalog_facts import reason_facts
from services.notify.compose.kinds.email_kind import EmailKind, Facts
from services.notify.compose.kinds.samples import COPY, sample_message, sample_person
from services.notify.compose.kinds.ticket_emails import message_of
from services.notify.compose.person import NO_PERSON, person_facts
from shared.catalog import Catalog
from shared.events.contracts import RecordedEvent

_STATUSES = (("approved", 0), ("received", 0), ("disapproved", 1), ("disapproved", 0), ("available", 0))


def _disapproval(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    return {
        "reasons": reason_facts(catalog, list(event.payload["reasons"]), locale),
        "item": event.personal.get("item"),
        "message": message_of(event),
        **person_facts(event, wrote=event.ticket is not None),
        # Without a ticket it is about an advert, so the footer must not mention one.
        **({} if event.ticket else {"audience": "applicant"}),
    }


def _disapproval_samples(catalog: Catalog, locale: str) -> Iterator[Facts]:
    reasons = reason_facts(catalog, list(catalog.reasons)[:2], locale)
    written: Facts = {"reasons": reasons, "item": None, "message": sample_message(locale), **sample_person(locale)}
    yield written
    yield {**written, **COPY}
    yield {**written, **NO_PERSON}
    without_ticket: Facts = {"reference": None, "status_url": None, "audience": "applicant", **NO_PERSON}
    yield {"reasons": reasons, "item": "https://www.example.com/pin/1", "message": "", **without_ticket}


def _application_status(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    return {
        "status": event.payload["status"],
        "item": event.personal.get("item"),
        "reasons": reason_facts(catalog, list(event.payload.get("reasons") or ()), locale),
    }


def _application_status_samples(catalog: Catalog, locale: str) -> Iterator[Facts]:
    for status, reasons in _STATUSES:
        codes = list(catalog.reasons)[:reasons]
        yield {
            "status": status,
            "item": "https://shop.example.com/",
            "reasons": reason_facts(catalog, codes, locale),
        }


DISAPPROVAL = EmailKind(
    name="disapproval",
    title="Disapproval",
    audience="requester",
    events=("TicketDisapproved", "ItemDisapproved"),
    facts=_disapproval,
    copied=lambda event: event.ticket is not None,
    samples=_disapproval_samples,
    carries_files=True,
)
KINDS = (
    DISAPPROVAL,
    EmailKind(
        name="application_status",
        title="Application status",
        audience="applicant",
        events=("ApplicationStatusChanged",),
        facts=_application_status,
        samples=_application_status_samples,
        about_ticket=False,
    ),
)
