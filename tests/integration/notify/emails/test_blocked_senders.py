"""Blocked senders are answered by nothing; a released ticket is acknowledged."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from shared.auth.blocked_senders import block_sender
from shared.events.contracts import (
    Event,
    evidence_requested,
    ticket_answered,
    ticket_links_found,
    ticket_resolved,
    ticket_unblocked,
)
from tests.integration.notify.ledger import Ledger, submission

SENDER = "spam@example.net"


@pytest.fixture
def blocked(ledger: Ledger) -> Ledger:
    """A ledger, with SENDER blocked."""
    with ledger.engine.begin() as connection:
        block_sender(connection, SENDER, "Spam", "Lea")
    return ledger


def threads(ledger: Ledger) -> list[str]:
    with ledger.engine.connect() as connection:
        return list(connection.execute(text("select ticket from notify.threads order by ticket")).scalars())


def released(event: Event, **payload: Any) -> Event:
    given = {
        "team": "ads",
        "state": "open",
        "respond_by": None,
        "category": event.payload["category"],
        "locale": "sv",
        "key_number": 2,
        "missing_evidence": [],
        "cannot_provide": [],
        "unsure": None,
    }
    return ticket_unblocked(str(event.ticket), "test", given | payload, {"email": SENDER})


def test_only_the_others_are_acknowledged(blocked: Ledger) -> None:
    others = [submission(), submission("anna@mail.example.net"), submission(SENDER)]
    blocked.arrive(submission(SENDER, blocked=True), *others)
    assert sorted(email["ticket"] for email in blocked.emails()) == sorted(str(one.ticket) for one in others)
    assert threads(blocked) == sorted(str(one.ticket) for one in others)


def test_a_released_ticket_is_acknowledged_once(blocked: Ledger) -> None:
    event = submission(SENDER, blocked=True)
    blocked.arrive(event)
    release = released(event)
    ids = blocked.record(release)
    blocked.consume(ids)
    blocked.consume(ids)
    [email] = blocked.emails()
    assert (email["kind"], email["state"], email["ticket"]) == ("acknowledgement", "queued", event.ticket)
    assert (email["locale"], email["recipient"], email["key_number"]) == ("sv", SENDER, 2)
    with blocked.engine.connect() as connection:
        thread = connection.execute(text("select team, acknowledgement from notify.threads")).one()
    assert tuple(thread) == ("ads", email["message_id"])


def test_a_released_mail_of_a_program_is_not(blocked: Ledger) -> None:
    event = submission(SENDER, blocked=True, unsure="Precedence: bulk")
    blocked.arrive(event, released(event, unsure="Precedence: bulk"))
    assert blocked.states() == ["suppressed"]


def test_timers_write_nothing_to_them_and_people_do(blocked: Ledger) -> None:
    reference = str(submission().ticket)
    payload = {"team": "ads", "state": "held", "category": "account/content-removed", "locale": "en", "key_number": 1}
    personal = {"email": SENDER, "name": None, "subject": "x", "message": "Hello."}
    silent = {**personal, "message": None}
    evidence = {"evidence": ["screenshot"], "reminder": True}
    found = {"locale": "en", "single": False, "tickets": []}
    found["tickets"] = [
        {"reference": reference, "key_number": 1, "category": "ads/metrics", "submitted_at": "2026-11-22T10:00:00Z"}
    ]
    blocked.arrive(
        evidence_requested(reference, "test", {**payload, "by": None, **evidence}, silent),
        ticket_resolved(reference, "test", {**payload, "by": None, "outcome": "no_answer"}, silent),
        ticket_links_found("test", found, {"email": SENDER}),
    )
    assert blocked.emails() == []
    message = {"by": "Lea", "then": "wait", "entry": 1, "written_at": "2026-11-22T10:00:00Z", "person": True}
    blocked.arrive(ticket_answered(reference, str(uuid4()), {**payload, **message, "attachments": []}, personal))
    assert [(email["kind"], email["state"]) for email in blocked.emails()] == [("reply", "queued")]
