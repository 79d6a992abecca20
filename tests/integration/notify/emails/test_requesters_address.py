"""Links to open tickets, and e-mails to a changed address."""

from services.notify.emails.links import fill_tickets, stand_in_of
from shared.events.contracts import requester_address_changed, ticket_answered, ticket_links_found
from shared.ticket_keys import mailed_url
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
