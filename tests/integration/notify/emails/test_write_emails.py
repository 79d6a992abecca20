"""Each thing an agent does becomes the letter it calls for, once, in the thread that the acknowledgement began."""

from typing import Any

import pytest
from sqlalchemy import text

from shared.events.contracts import (
    Event,
    application_status_changed,
    evidence_requested,
    item_disapproved,
    ticket_answered,
    ticket_disapproved,
    ticket_resolved,
    ticket_transferred,
    tickets_escalated,
)
from tests.integration.notify.notes import Notes, a_note

ABOUT = {
    "team": "account",
    "state": "waiting",
    "category": "account/content-removed",
    "locale": "sv",
    "key_number": 1,
    "by": "Ada",
}
PERSONAL = {
    "email": "requester@example.com",
    "name": "Eve\r\nBcc: x@y.se",
    "subject": "Mine",
    "message": "Rad ett.\n\nRad två.",
}


def deeds(ticket: str) -> dict[str, Event]:
    """An event of each kind about a ticket."""
    return {
        "reply": ticket_answered(ticket, "c", {**ABOUT, "then": "wait"}, PERSONAL),
        "information_request": evidence_requested(
            ticket, "c", {**ABOUT, "evidence": ["removed_link", "screenshot"], "reminder": False}, PERSONAL
        ),
        "disapproval": ticket_disapproved(ticket, "c", {**ABOUT, "reasons": ["still_violates_policy"]}, PERSONAL),
        "resolution": ticket_resolved(ticket, "c", {**ABOUT, "outcome": "not_solved"}, PERSONAL),
        "transfer": ticket_transferred(ticket, "c", {**ABOUT, "from_team": "ads", "cause": "wrong_team"}, PERSONAL),
    }


@pytest.mark.parametrize("kind", ["reply", "information_request", "disapproval", "resolution", "transfer"])
def test_each_deed_becomes_its_letter_in_the_thread(notes: Notes, kind: str) -> None:
    note = a_note(locale="sv")
    notes.arrive(note)
    notes.arrive(deeds(str(note.ticket))[kind], transfer_mail=True)
    acknowledgement, letter = notes.emails()
    assert (letter["kind"], letter["state"], letter["locale"]) == (kind, "queued", "sv")
    assert letter["headers"]["References"] == letter["headers"]["In-Reply-To"] == acknowledgement["message_id"]
    assert letter["subject"] == f"Re: {acknowledgement['subject']}"
    assert letter["headers"]["Reply-To"] == acknowledgement["headers"]["Reply-To"]
    if kind != "transfer":
        assert "Rad två." in letter["text"]
        assert "<p" in letter["html"]


def test_a_request_names_exactly_the_slots_it_asks_for(notes: Notes) -> None:
    note = a_note()
    notes.arrive(note)
    payload = {**ABOUT, "locale": "en", "evidence": ["screenshot"], "reminder": True}
    notes.arrive(evidence_requested(str(note.ticket), "c", payload, {**PERSONAL, "message": None}))
    letter = notes.emails()[-1]["text"]
    assert "We still need something from you" in letter
    assert "A screenshot" in letter
    assert "A link to the image" not in letter
    assert "None" not in letter


def test_a_lead_hears_of_all_late_tickets_in_one_mail(notes: Notes) -> None:
    late = [
        {"reference": f"T-0000-000{n}", "priority": "high", "respond_by": "2026-11-22T14:00:00+00:00"} for n in (1, 2)
    ]
    payload = {"team": "ads", "locale": "en", "tickets": late, "more": 3}
    notes.arrive(tickets_escalated("c", payload, {"email": "lead@example.com"}))
    (letter,) = notes.emails()
    assert (letter["kind"], letter["recipient"], letter["state"]) == ("escalation", "lead@example.com", "queued")
    assert letter["subject"] == "Late: 5 tickets in the ads queue"
    assert "T-0000-0002: was due at 2026-11-22 14:00 UTC. Priority: high." in letter["text"]
    assert "And 3 more." in letter["text"]
    assert "Reply-To" not in letter["headers"]


def test_a_transfer_is_silent_unless_it_is_switched_on(notes: Notes) -> None:
    note = a_note()
    notes.arrive(note)
    notes.arrive(deeds(str(note.ticket))["transfer"])
    assert len(notes.emails()) == 1


def test_spam_gets_no_answer(notes: Notes) -> None:
    note = a_note()
    notes.arrive(note)
    notes.arrive(ticket_resolved(str(note.ticket), "c", {**ABOUT, "outcome": "spam"}, PERSONAL))
    assert len(notes.emails()) == 1


def test_an_answer_waits_for_no_parked_acknowledgement(notes: Notes) -> None:
    note = a_note(category="no/such")
    notes.arrive(note)
    notes.arrive(deeds(str(note.ticket))["reply"])
    (letter,) = notes.emails()
    assert "References" not in letter["headers"]
    assert letter["state"] == "queued"


def without_ticket(**more: Any) -> list[Event]:
    personal = {"email": "shop@example.com", "item": "https://shop.example.com/"}
    return [
        item_disapproved("c", {"reasons": ["merchant_terms"], "locale": None, **more}, personal),
        *(
            application_status_changed(
                "c",
                {"status": status, "reasons": ["merchant_terms"] if status == "disapproved" else [], "locale": "sv"},
                personal,
            )
            for status in ("received", "approved", "disapproved", "available")
        ),
    ]


def test_letters_without_a_ticket(notes: Notes) -> None:
    notes.arrive(*without_ticket())
    letters = notes.emails()
    assert [letter["kind"] for letter in letters].count("disapproval") == 1
    assert [letter["kind"] for letter in letters].count("application_status") == 4
    for letter in letters:
        assert letter["ticket"] is None
        assert "https://shop.example.com/" in letter["text"]
        assert "/t/" not in letter["text"]
        assert "given in a note" not in letter["text"], "there was none"
        assert "Reply-To" not in letter["headers"]
    assert len({letter["subject"] for letter in letters}) == 5


def test_a_suppressed_address_gets_no_letter_and_the_ledger_says_why(notes: Notes) -> None:
    note = a_note()
    notes.arrive(note)
    with notes.engine.begin() as connection:
        connection.execute(
            text(
                "insert into notify.suppressions (id, address, reason, source)"
                " values (gen_random_uuid(), 'requester@example.com', 'asked for it', 'person')"
            )
        )
    notes.arrive(deeds(str(note.ticket))["reply"])
    assert notes.states()[-1] == "suppressed"
    assert "asked for it" in notes.emails()[-1]["because"]


def test_the_ticket_follows_its_team(notes: Notes) -> None:
    note = a_note(category="ads/metrics")
    notes.arrive(note)
    notes.arrive(deeds(str(note.ticket))["transfer"])
    with notes.engine.connect() as connection:
        assert connection.execute(text("select team from notify.threads")).scalar_one() == "account"
