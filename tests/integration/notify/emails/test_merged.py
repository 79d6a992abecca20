"""The e-mail about a merge: one, with the link of the surviving ticket, to the address of that one."""

from typing import Any

import pytest

from services.notify.emails.links import fill_tickets, stand_in_of
from shared.events.contracts import Event, ticket_merged
from shared.ticket_keys import mailed_url
from tests.integration.notify.ledger import Ledger, submission

INTAKE, SECRET = "https://help.example.com", "a-secret-of-the-tests-alone"
INTO = "T-2M8R-4WKB"


def merged(ticket: str, **more: Any) -> Event:
    payload = {
        "into": INTO,
        "into_key_number": 3,
        "team": "account",
        "state": "resolved",
        "category": "account/password",
    }
    payload |= {"locale": "en", "by": "Ada", "silent": False, "follows": False}
    return ticket_merged(ticket, "c", payload | more, {"email": "anna@example.com", "name": None})


@pytest.mark.parametrize(("locale", "words"), [("en", "continues under"), ("sv", "fortsätter under")])
def test_it_tells_where_the_matter_continues(ledger: Ledger, locale: str, words: str) -> None:
    acknowledged = submission("Anna+shop@example.com", locale=locale)
    reference = str(acknowledged.ticket)
    ledger.arrive(acknowledged)
    ledger.arrive(merged(reference, locale=locale))
    first, email = ledger.emails()
    assert (email["kind"], email["ticket"], email["state"]) == ("merged", reference, "queued")
    # The link is for the address of the ticket that it opens, and the merged one's own link is not in it.
    assert email["recipient"] == "anna@example.com"
    for body in (email["text"], email["html"]):
        assert f"{words} {INTO}" in body
        assert reference in body
        assert stand_in_of(INTO, 3) in body
        assert "status-link.invalid" not in body
    url = mailed_url(INTAKE, SECRET, INTO, 3)
    assert url in fill_tickets(email["text"], INTAKE, SECRET, as_html=False)
    assert email["headers"]["In-Reply-To"] == first["message_id"]


def test_the_same_event_again_sends_nothing(ledger: Ledger) -> None:
    acknowledged = submission()
    ledger.arrive(acknowledged)
    event = merged(str(acknowledged.ticket))
    [number] = ledger.record(event)
    ledger.consume([number])
    ledger.consume([number])
    assert [email["kind"] for email in ledger.emails()] == ["acknowledgement", "merged"]


@pytest.mark.parametrize("more", [{"silent": True}, {"follows": True}])
def test_a_silent_one_and_those_that_follow_along_send_nothing(ledger: Ledger, more: dict[str, bool]) -> None:
    acknowledged = submission()
    ledger.arrive(acknowledged)
    ledger.arrive(merged(str(acknowledged.ticket), **more))
    assert [email["kind"] for email in ledger.emails()] == ["acknowledgement"]
