"""Links to open tickets, and e-mails to a changed address."""

from uuid import uuid4

from services.notify.emails.links import fill_tickets, stand_in_of
from shared.events.contracts import (
    Event,
    address_change_confirmed,
    address_change_requested,
    requester_address_changed,
    ticket_answered,
    ticket_keys_renewed,
    ticket_links_found,
)
from shared.ticket_keys import confirmation_url, mailed_url
from tests.integration.notify.ledger import Ledger, submission

INTAKE = "https://help.example.com"
SECRET = "a-secret-of-the-tests-alone"


def found(*references: str, locale: str = "en") -> dict[str, object]:
    tickets = [
        {"reference": one, "key_number": 1, "category": "account/login", "submitted_at": "2026-11-22T10:00:00Z"}
        for one in references
    ]
    return {"locale": locale, "tickets": tickets}


def test_one_email_holds_every_link_and_no_key_is_stored(ledger: Ledger) -> None:
    references = ("T-7K3M-9QXA", "T-0000-1111")
    ledger.arrive(ticket_links_found("c", found(*references, locale="sv"), {"email": "anna@example.org"}))
    [email] = ledger.emails()
    assert (email["kind"], email["state"], email["locale"], email["ticket"]) == (
        "ticket_links",
        "queued",
        "sv",
        None,
    )
    for reference in references:
        url = mailed_url(INTAKE, SECRET, reference, 1)
        assert url.partition("key=")[2] not in email["text"] + email["html"]
        assert stand_in_of(reference, 1) in email["text"]
        assert url in fill_tickets(email["text"], INTAKE, SECRET, as_html=False)
        assert url in fill_tickets(email["html"], INTAKE, SECRET, as_html=True)


def test_a_changed_address_gets_the_acknowledgement_and_all_that_follows(ledger: Ledger) -> None:
    event = submission()
    ledger.arrive(event)
    about = {"category": "account/login", "locale": "en", "key_number": 1, "missing_evidence": [], "cannot_provide": []}
    ledger.arrive(requester_address_changed(str(event.ticket), "c", about, {"email": "new@example.org"}))
    answer = {**about, "team": "account", "state": "waiting", "by": "Ada", "then": "wait"}
    ledger.arrive(ticket_answered(str(event.ticket), "c", answer, {"message": "m"}))
    emails = [(email["kind"], email["recipient"]) for email in ledger.emails()[1:]]
    assert emails == [("acknowledgement", "new@example.org"), ("reply", "new@example.org")]


def test_ever_new_addresses_are_no_way_around_the_limits(ledger: Ledger) -> None:
    about = {"category": "account/login", "locale": "en", "key_number": 1, "missing_evidence": [], "cannot_provide": []}
    for number in range(4):
        event = submission(f"gone{number}@example.com")
        ledger.arrive(event)
        victim = {"email": f"victim+{number}@example.org"}
        ledger.arrive(requester_address_changed(str(event.ticket), "c", about, victim))
    to_victim = [email for email in ledger.emails() if email["recipient"].startswith("victim")]
    assert [email["state"] for email in to_victim] == ["queued"] * 3 + ["suppressed"]
    event = submission("gone@example.com")
    ledger.arrive(event)
    change = requester_address_changed(str(event.ticket), "c", about, {"email": "other@example.org"})
    ledger.arrive(change, acknowledgements="off")
    assert ledger.states()[-1] == "suppressed"


ABOUT = {"category": "account/login", "locale": "en", "missing_evidence": [], "cannot_provide": []}
ANSWER = {
    "team": "account",
    "state": "waiting",
    "category": "account/login",
    "locale": "en",
    "by": "Ada",
    "then": "wait",
}


def answered(ticket: str | None, key_number: int, email: str) -> Event:
    return ticket_answered(str(ticket), "c", {**ANSWER, "key_number": key_number}, {"message": "m", "email": email})


def test_a_new_address_is_asked_by_a_link_that_is_stored_nowhere(ledger: Ledger) -> None:
    event, change = submission(), str(uuid4())
    ledger.arrive(event)
    asked = {"change": change, "locale": "sv"}
    ledger.arrive(address_change_requested(str(event.ticket), "c", asked, {"email": "new@example.org"}))
    [_, email] = ledger.emails()
    assert (email["kind"], email["recipient"], email["locale"]) == ("address_confirmation", "new@example.org", "sv")
    assert "Reply-To" not in email["headers"]
    url = confirmation_url(INTAKE, SECRET, str(event.ticket), change)
    assert url.partition("token=")[2] not in email["text"] + email["html"]
    assert url in fill_tickets(email["text"], INTAKE, SECRET, as_html=False)
    assert url in fill_tickets(email["html"], INTAKE, SECRET, as_html=True)


def test_a_confirmed_address_gets_what_follows_and_the_old_one_is_told_once(ledger: Ledger) -> None:
    event = submission("old@example.org")
    ledger.arrive(event)
    ticket = str(event.ticket)
    confirmed = {**ABOUT, "key_number": 2, "confirmed": True}
    ledger.arrive(
        requester_address_changed(ticket, "c", confirmed, {"email": "new@example.org"}),
        address_change_confirmed(ticket, "c", {"locale": "en"}, {"email": "old@example.org"}),
    )
    # Its writer read the ticket before triage knew of the change.
    ledger.arrive(answered(ticket, 1, "old@example.org"))
    _, told, reply = ledger.emails()
    assert (told["kind"], told["recipient"]) == ("address_changed", "old@example.org")
    assert "http" not in told["text"]
    assert "new@example.org" not in told["text"] + told["html"]
    assert (reply["kind"], reply["recipient"], reply["key_number"]) == ("reply", "new@example.org", 2)


def test_renewed_keys_are_in_all_that_is_sent_from_then_on_to_the_present_address(ledger: Ledger) -> None:
    event = submission("old@example.org")
    ledger.arrive(event)
    ticket = str(event.ticket)
    changed = {**ABOUT, "key_number": 2, "confirmed": True}
    ledger.arrive(requester_address_changed(ticket, "c", changed, {"email": "Anna@straße.example"}))
    ledger.arrive(answered(ticket, 2, "Anna@straße.example"))
    ledger.arrive(ticket_keys_renewed(ticket, "c", {"key_number": 3}))
    ledger.arrive(answered(ticket, 2, "Anna@straße.example"))
    assert [email["key_number"] for email in ledger.emails()] == [1, 3, 3]


def test_one_link_that_was_asked_for_is_called_so(ledger: Ledger) -> None:
    payload = {**found("T-7K3M-9QXA"), "single": True}
    ledger.arrive(ticket_links_found("c", payload, {"email": "anna@example.org"}))
    [email] = ledger.emails()
    assert email["subject"].startswith("The link to your ")
    assert "and our answers" in email["text"]
