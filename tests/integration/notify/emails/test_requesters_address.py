"""The links of open notes, and letters to a mended address."""

from services.notify.emails.links import fill_tickets, stand_in_of
from shared.events.contracts import requester_address_changed, ticket_answered, ticket_links_found
from shared.ticket_keys import status_url
from tests.integration.notify.notes import Notes, a_note

INTAKE = "https://help.example.com"
SECRET = "a-secret-of-the-tests-alone"


def found(*references: str, locale: str = "en") -> dict[str, object]:
    tickets = [
        {"reference": one, "key_number": 1, "category": "account/login", "submitted_at": "2026-11-22T10:00:00Z"}
        for one in references
    ]
    return {"locale": locale, "tickets": tickets}


def test_one_letter_holds_every_link_and_no_key_is_stored(notes: Notes) -> None:
    references = ("T-7K3M-9QXA", "T-0000-1111")
    notes.arrive(ticket_links_found("c", found(*references, locale="sv"), {"email": "anna@example.org"}))
    [letter] = notes.emails()
    assert (letter["kind"], letter["state"], letter["locale"], letter["ticket"]) == (
        "ticket_links",
        "queued",
        "sv",
        None,
    )
    for reference in references:
        url = status_url(INTAKE, SECRET, reference, 1)
        assert url.partition("key=")[2] not in letter["text"] + letter["html"]
        assert stand_in_of(reference, 1) in letter["text"]
        assert url in fill_tickets(letter["text"], INTAKE, SECRET, as_html=False)
        assert url in fill_tickets(letter["html"], INTAKE, SECRET, as_html=True)


def test_a_mended_address_gets_the_acknowledgement_and_all_that_follows(notes: Notes) -> None:
    note = a_note()
    notes.arrive(note)
    about = {"category": "account/login", "locale": "en", "key_number": 1, "missing_evidence": [], "cannot_provide": []}
    notes.arrive(requester_address_changed(str(note.ticket), "c", about, {"email": "new@example.org"}))
    answer = {**about, "team": "account", "state": "waiting", "by": "Ada", "then": "wait"}
    notes.arrive(ticket_answered(str(note.ticket), "c", answer, {"message": "m"}))
    letters = [(letter["kind"], letter["recipient"]) for letter in notes.emails()[1:]]
    assert letters == [("acknowledgement", "new@example.org"), ("reply", "new@example.org")]


def test_ever_new_addresses_are_no_way_around_the_caps(notes: Notes) -> None:
    about = {"category": "account/login", "locale": "en", "key_number": 1, "missing_evidence": [], "cannot_provide": []}
    for number in range(4):
        note = a_note(f"gone{number}@example.com")
        notes.arrive(note)
        victim = {"email": f"victim+{number}@example.org"}
        notes.arrive(requester_address_changed(str(note.ticket), "c", about, victim))
    to_victim = [letter for letter in notes.emails() if letter["recipient"].startswith("victim")]
    assert [letter["state"] for letter in to_victim] == ["queued"] * 3 + ["suppressed"]
    note = a_note("gone@example.com")
    notes.arrive(note)
    change = requester_address_changed(str(note.ticket), "c", about, {"email": "other@example.org"})
    notes.arrive(change, acknowledgements="off")
    assert notes.states()[-1] == "suppressed"
