"""Each action of an agent becomes the e-mail of its kind, once, in the thread that the acknowledgement began."""

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
from tests.integration.notify.ledger import Ledger, submission

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


def actions(ticket: str) -> dict[str, Event]:
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
def test_each_action_becomes_its_email_in_the_thread(ledger: Ledger, kind: str) -> None:
    event = submission(locale="sv")
    ledger.arrive(event)
    ledger.arrive(actions(str(event.ticket))[kind], transfer_mail=True)
    acknowledgement, email = ledger.emails()
    assert (email["kind"], email["state"], email["locale"]) == (kind, "queued", "sv")
    assert email["headers"]["References"] == email["headers"]["In-Reply-To"] == acknowledgement["message_id"]
    assert email["subject"] == f"Re: {acknowledgement['subject']}"
    assert email["headers"]["Reply-To"] == acknowledgement["headers"]["Reply-To"]
    if kind != "transfer":
        assert "Rad två." in email["text"]
        assert "<p" in email["html"]


def test_a_request_names_exactly_the_slots_it_asks_for(ledger: Ledger) -> None:
    event = submission()
    ledger.arrive(event)
    payload = {**ABOUT, "locale": "en", "evidence": ["screenshot"], "reminder": True}
    ledger.arrive(evidence_requested(str(event.ticket), "c", payload, {**PERSONAL, "message": None}))
    email = ledger.emails()[-1]["text"]
    assert "We still need something from you" in email
    assert "A screenshot" in email
    assert "A link to the image" not in email
    assert "None" not in email


def test_a_lead_gets_one_email_about_all_late_tickets(ledger: Ledger) -> None:
    late = [
        {"reference": f"T-0000-000{n}", "priority": "high", "respond_by": "2026-11-22T14:00:00+00:00"} for n in (1, 2)
    ]
    payload = {"team": "ads", "locale": "en", "tickets": late, "more": 3}
    ledger.arrive(tickets_escalated("c", payload, {"email": "lead@example.com"}))
    (email,) = ledger.emails()
    assert (email["kind"], email["recipient"], email["state"]) == ("escalation", "lead@example.com", "queued")
    assert email["subject"] == "Late: 5 tickets in the ads queue"
    assert "T-0000-0002: was due at 2026-11-22 14:00 UTC. Priority: high." in email["text"]
    assert "And 3 more." in email["text"]
    assert "Reply-To" not in email["headers"]


def test_a_transfer_is_silent_unless_it_is_switched_on(ledger: Ledger) -> None:
    event = submission()
    ledger.arrive(event)
    ledger.arrive(actions(str(event.ticket))["transfer"])
    assert len(ledger.emails()) == 1


def test_spam_gets_no_answer(ledger: Ledger) -> None:
    event = submission()
    ledger.arrive(event)
    ledger.arrive(ticket_resolved(str(event.ticket), "c", {**ABOUT, "outcome": "spam"}, PERSONAL))
    assert len(ledger.emails()) == 1


def test_an_answer_does_not_wait_for_a_parked_acknowledgement(ledger: Ledger) -> None:
    event = submission(category="no/such")
    ledger.arrive(event)
    ledger.arrive(actions(str(event.ticket))["reply"])
    (email,) = ledger.emails()
    assert "References" not in email["headers"]
    assert email["state"] == "queued"


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


def test_emails_without_a_ticket(ledger: Ledger) -> None:
    ledger.arrive(*without_ticket())
    emails = ledger.emails()
    assert [email["kind"] for email in emails].count("disapproval") == 1
    assert [email["kind"] for email in emails].count("application_status") == 4
    for email in emails:
        assert email["ticket"] is None
        assert "https://shop.example.com/" in email["text"]
        assert "/t/" not in email["text"]
        assert "given in a note" not in email["text"], "there was none"
        assert "Reply-To" not in email["headers"]
    assert len({email["subject"] for email in emails}) == 5


def test_a_suppressed_address_gets_no_email_and_the_ledger_says_why(ledger: Ledger) -> None:
    event = submission()
    ledger.arrive(event)
    with ledger.engine.begin() as connection:
        connection.execute(
            text(
                "insert into notify.suppressions (id, address, reason, source)"
                " values (gen_random_uuid(), 'requester@example.com', 'asked for it', 'person')"
            )
        )
    ledger.arrive(actions(str(event.ticket))["reply"])
    assert ledger.states()[-1] == "suppressed"
    assert "asked for it" in ledger.emails()[-1]["because"]


def test_the_ticket_follows_its_team(ledger: Ledger) -> None:
    event = submission(category="ads/metrics")
    ledger.arrive(event)
    ledger.arrive(actions(str(event.ticket))["transfer"])
    with ledger.engine.connect() as connection:
        assert connection.execute(text("select team from notify.threads")).scalar_one() == "account"
