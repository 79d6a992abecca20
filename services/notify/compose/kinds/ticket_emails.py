"""The e-mails about the requester's own tickets. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.notify.compose.kinds.catalog_facts import localised, missing_groups
from services.notify.compose.kinds.email_kind import SAMPLE_REFERENCE, EmailKind, Facts
from services.notify.compose.kinds.samples import COPY, category_asking, sample_message, sample_person
from services.notify.compose.person import NO_PERSON, person_facts
from services.notify.compose.satisfaction import sample_links, satisfaction_links
from services.notify.emails.links import stand_in_of
from shared.catalog import Catalog, Localised
from shared.events.contracts import RecordedEvent

_LINKS = sample_links(f"https://help.example.com/t/{SAMPLE_REFERENCE}")


def message_of(event: RecordedEvent) -> str:
    """What the agent wrote; may be empty."""
    return str(event.personal.get("message") or "").strip()


def _acknowledgement(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    """Nothing of what the requester wrote: forms are abused to mail one's own text to strangers."""
    category = catalog.resolve(str(event.payload["category"]))
    refused = set(event.payload.get("cannot_provide") or ())
    missing = [one for one in event.payload.get("missing_evidence") or () if one not in refused]
    facts: Facts = {"missing": missing_groups(category, missing, locale)}
    return facts if category is None else {**facts, "topic": localised(category.title, locale)}


def _acknowledgement_samples(catalog: Catalog, locale: str) -> Iterator[Facts]:
    for requirement in ("required", "any_of", None):
        category, ids = category_asking(catalog, requirement)
        yield {"topic": localised(category.title, locale), "missing": missing_groups(category, ids, locale)}


def _reply(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    closed = event.payload.get("then") == "resolve"
    return {
        "message": message_of(event),
        "closed": closed,
        "satisfaction": satisfaction_links(event),
        **person_facts(event),
    }


def _reply_samples(catalog: Catalog, locale: str) -> Iterator[Facts]:
    answer: Facts = {
        "message": sample_message(locale),
        "closed": False,
        "satisfaction": None,
        **sample_person(locale),
    }
    closed: Facts = {**answer, "closed": True, "satisfaction": _LINKS}
    yield answer
    yield {**answer, **COPY}
    yield {**answer, "files": ("plan.pdf", "skärmbild.png")}
    yield {**answer, **COPY, "files": ("plan.pdf",)}
    yield {**closed, "writer": None, "quoted": None, "own_subject": None}
    yield {**closed, **NO_PERSON}
    yield {**closed, **COPY, "satisfaction": None}


def _information_request(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    category = catalog.resolve(str(event.payload["category"]))
    return {
        "missing": missing_groups(category, list(event.payload["evidence"]), locale),
        "reminder": bool(event.payload.get("reminder")),
        "message": message_of(event),
        **person_facts(event, wrote=_is_no_reminder(event)),
    }


def _is_no_reminder(event: RecordedEvent) -> bool:
    return not event.payload.get("reminder")


def _information_request_samples(catalog: Catalog, locale: str) -> Iterator[Facts]:
    category, ids = category_asking(catalog, "required")
    missing = missing_groups(category, ids, locale)
    asked: Facts = {"missing": missing, "reminder": False, "message": sample_message(locale), **sample_person(locale)}
    yield asked
    yield {**asked, **COPY}
    yield {**asked, **NO_PERSON}
    yield {**asked, "message": ""}
    yield {**asked, "message": "", "reminder": True, **NO_PERSON}


def _is_no_spam(event: RecordedEvent) -> bool:
    """An answer would show a sender of spam that the address is read."""
    return bool(event.payload["outcome"] != "spam")


def _resolution(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    message = message_of(event)
    return {
        "outcome": event.payload["outcome"],
        "message": message,
        "satisfaction": satisfaction_links(event),
        **person_facts(event, wrote=bool(message)),
    }


def _resolution_samples(catalog: Catalog, locale: str) -> Iterator[Facts]:
    written: Facts = {
        "outcome": "solved",
        "message": sample_message(locale),
        "satisfaction": _LINKS,
        **sample_person(locale),
    }
    yield written
    yield {**written, **COPY, "satisfaction": None}
    for outcome, links in (("not_solved", _LINKS), ("duplicate", None), ("no_answer", None)):
        yield {"outcome": outcome, "message": "", "satisfaction": links, **NO_PERSON}


def _transfer(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    team = str(event.payload["team"])
    name = catalog.segments.get(team)
    return {"team": localised(name, locale) if name else Localised(team, "en")}


def _transfer_samples(catalog: Catalog, locale: str) -> Iterator[Facts]:
    yield {"team": localised(next(iter(catalog.segments.values())), locale)}


def _is_unconfirmed(event: RecordedEvent) -> bool:
    """A requester who confirmed an address had a link to the ticket's page just then."""
    return event.type == "TicketSubmitted" or not event.payload.get("confirmed")


def _ticket_links(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    tickets = [_linked(ticket, catalog, locale) for ticket in event.payload["tickets"]]
    return {"tickets": tickets, "single": bool(event.payload.get("single"))}


def _linked(ticket: Mapping[str, Any], catalog: Catalog, locale: str) -> Facts:
    category = catalog.resolve(str(ticket["category"]))
    reference = str(ticket["reference"])
    return {
        "reference": reference,
        "topic": localised(category.title, locale) if category else Localised(str(ticket["category"]), "en"),
        "url": stand_in_of(reference, int(ticket["key_number"])),
    }


def _ticket_links_samples(catalog: Catalog, locale: str) -> Iterator[Facts]:
    url = f"https://help.example.com/t/{SAMPLE_REFERENCE}?key=example"
    topics = (localised(category.title, locale) for category in catalog.listed()[:2])
    tickets = [{"reference": SAMPLE_REFERENCE, "topic": topic, "url": url} for topic in topics]
    yield {"tickets": tickets, "single": False}
    yield {"tickets": tickets[:1], "single": True}


ACKNOWLEDGEMENT = EmailKind(
    name="acknowledgement",
    title="Acknowledgement",
    audience="requester",
    events=("TicketSubmitted", "TicketOpened", "TicketUnblocked", "RequesterAddressChanged"),
    applies=_is_unconfirmed,
    facts=_acknowledgement,
    samples=_acknowledgement_samples,
    limited_by=("acknowledgement",),
)
KINDS = (
    ACKNOWLEDGEMENT,
    EmailKind(
        name="information_request",
        title="Request for evidence",
        audience="requester",
        events=("EvidenceRequested",),
        copied=_is_no_reminder,
        facts=_information_request,
        samples=_information_request_samples,
        carries_files=True,
    ),
    EmailKind(
        name="reply",
        title="Reply",
        audience="requester",
        events=("TicketAnswered",),
        copied=lambda event: True,
        facts=_reply,
        samples=_reply_samples,
        carries_files=True,
    ),
    EmailKind(
        name="resolution",
        title="Resolution",
        audience="requester",
        events=("TicketResolved",),
        applies=_is_no_spam,
        copied=lambda event: True,
        facts=_resolution,
        samples=_resolution_samples,
        carries_files=True,
    ),
    EmailKind(
        name="transfer",
        title="Notice of transfer",
        audience="requester",
        events=("TicketTransferred",),
        enabled=lambda settings: settings.transfer_mail,
        facts=_transfer,
        samples=_transfer_samples,
    ),
    EmailKind(
        name="ticket_links",
        title="Links to open tickets",
        audience="requester",
        events=("TicketLinksFound",),
        facts=_ticket_links,
        samples=_ticket_links_samples,
        about_ticket=False,
        links_tickets=True,
    ),
)
