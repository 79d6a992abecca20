"""What an agent writes, as the events tell it, for tests."""

from typing import Any

from shared.events.contracts import Event, evidence_requested, ticket_answered, ticket_disapproved, ticket_resolved

PAYLOAD: dict[str, Any] = {
    "team": "account",
    "state": "waiting",
    "category": "account/content-removed",
    "locale": "sv",
    "key_number": 1,
    "by": "Åsa Berg",
    "person": True,
}
PERSONAL: dict[str, Any] = {
    "email": "requester@example.com",
    "name": "Eve\r\nBcc: x@y.se",
    "subject": "Re: Min bild är borta\r\nBcc: x@y.se",
    "message": "Rad **ett**.\n\nRad två.",
    "quoted": "Var är den?\n\n> Vilken bild?",
}


def persons_events(ticket: str, payload: dict[str, Any], personal: dict[str, Any]) -> dict[str, Event]:
    """An event of each kind that a person may cause; the two replace what is usual."""
    about, told = {**PAYLOAD, **payload}, {**PERSONAL, **personal}
    request = {**about, "evidence": ["screenshot"], "reminder": False}
    return {
        "reply": ticket_answered(ticket, "c", {**about, "then": "wait"}, told),
        "information_request": evidence_requested(ticket, "c", {**request, **payload}, told),
        "disapproval": ticket_disapproved(ticket, "c", {**about, "reasons": ["still_violates_policy"]}, told),
        "resolution": ticket_resolved(ticket, "c", {**about, "outcome": "solved"}, told),
    }
