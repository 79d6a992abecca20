"""Which letter an event calls for, and what it says: codes of the event in the catalogue's words. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.notify.compose.facts import missing_groups, reason_facts, said
from services.notify.emails.links import stand_in_of
from shared.catalog import Catalog, Localised
from shared.events.contracts import RecordedEvent

Facts = dict[str, Any]


@dataclass(frozen=True)
class LetterOf:
    """The kind of letter, and how its facts are read from the event."""

    kind: str
    facts: Callable[[RecordedEvent, Catalog, str], Facts]


def letter_of(event: RecordedEvent) -> LetterOf | None:
    """The letter that an event calls for; None where silence is the answer."""
    if event.type == "TicketResolved" and event.payload["outcome"] == "spam":
        # An answer tells whoever sends spam that somebody reads it.
        return None
    return LETTERS[event.type]


def acknowledgement_facts(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    """Nothing in it is the requester's own words: forms are used to send strangers' words to strangers."""
    category = catalog.resolve(str(event.payload["category"]))
    refused = set(event.payload.get("cannot_provide") or ())
    missing = [one for one in event.payload.get("missing_evidence") or () if one not in refused]
    facts: Facts = {"missing": missing_groups(category, missing, locale)}
    return facts if category is None else {**facts, "topic": said(category.title, locale)}


def _reply(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    return {"message": _message(event), "closed": event.payload.get("then") == "resolve"}


def _information_request(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    category = catalog.resolve(str(event.payload["category"]))
    return {
        "missing": missing_groups(category, list(event.payload["evidence"]), locale),
        "reminder": bool(event.payload.get("reminder")),
        "message": _message(event),
    }


def _disapproval(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    return {
        "reasons": reason_facts(catalog, list(event.payload["reasons"]), locale),
        "item": event.personal.get("item"),
        "message": _message(event),
        # Without a ticket it is about an advert: there was no note.
        **({} if event.ticket else {"audience": "applicant"}),
    }


def _resolution(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    return {"outcome": event.payload["outcome"], "message": _message(event)}


def _transfer(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    team = str(event.payload["team"])
    name = catalog.segments.get(team)
    return {"team": said(name, locale) if name else Localised(team, "en")}


def _application_status(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    return {
        "status": event.payload["status"],
        "item": event.personal.get("item"),
        "reasons": reason_facts(catalog, list(event.payload.get("reasons") or ()), locale),
    }


def _ticket_links(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    return {"tickets": [_ticket(ticket, catalog, locale) for ticket in event.payload["tickets"]]}


def _ticket(ticket: Mapping[str, Any], catalog: Catalog, locale: str) -> Facts:
    category = catalog.resolve(str(ticket["category"]))
    return {
        "reference": ticket["reference"],
        "topic": said(category.title, locale) if category else Localised(str(ticket["category"]), "en"),
        "url": stand_in_of(str(ticket["reference"]), int(ticket["key_number"])),
    }


def _escalation(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    payload = event.payload
    tickets = [{**ticket, "respond_by": _minute(str(ticket["respond_by"]))} for ticket in payload["tickets"]]
    return {"team": payload["team"], "tickets": tickets, "more": int(payload["more"])}


def _minute(instant: str) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _message(event: RecordedEvent) -> str:
    return str(event.personal.get("message") or "").strip()


LETTERS: Mapping[str, LetterOf] = {
    "TicketSubmitted": LetterOf("acknowledgement", acknowledgement_facts),
    "TicketAnswered": LetterOf("reply", _reply),
    "EvidenceRequested": LetterOf("information_request", _information_request),
    "TicketDisapproved": LetterOf("disapproval", _disapproval),
    "TicketResolved": LetterOf("resolution", _resolution),
    "TicketTransferred": LetterOf("transfer", _transfer),
    "TicketLinksFound": LetterOf("ticket_links", _ticket_links),
    "RequesterAddressChanged": LetterOf("acknowledgement", acknowledgement_facts),
    "ItemDisapproved": LetterOf("disapproval", _disapproval),
    "TicketsEscalated": LetterOf("escalation", _escalation),
    "ApplicationStatusChanged": LetterOf("application_status", _application_status),
}
