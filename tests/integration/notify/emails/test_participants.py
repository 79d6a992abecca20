"""A ticket's participants get a copy of each answer: a row, an envelope and an outcome each, and never the key."""

import email
from dataclasses import replace
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import text

from services.notify.delivery.mailing import Mailing, make_mailing
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.settings import NotifySettings
from tests.integration.notify.emails.person_events import persons_events
from tests.integration.notify.ledger import Ledger, submission
from tests.mail_server import mail_server

OTHERS = ["bo@example.com", "Cia@Example.org", "Requester@example.com", "BO@example.com"]


def answer(ledger: Ledger, kind: str = "reply", others: list[str] | None = None, **payload: object) -> list[int]:
    """An agent's action on a new ticket with participants; returns its deliveries."""
    event = submission()
    ledger.arrive(event)
    personal = {"participants": OTHERS if others is None else others}
    ids = ledger.record(persons_events(str(event.ticket), payload, personal)[kind])
    ledger.consume(ids)
    return ids


@pytest.mark.parametrize("kind", ["reply", "information_request", "disapproval", "resolution"])
def test_each_gets_a_copy_with_its_own_envelope_and_without_the_key(
    ledger: Ledger, mailing: Mailing, maildir: Path, kind: str
) -> None:
    answer(ledger, kind)
    _, requesters, *copies = ledger.emails()
    assert [row["recipient"] for row in copies] == ["BO@example.com", "Cia@example.org"]
    assert {row["kind"] for row in (requesters, *copies)} == {kind}
    send_due_emails(ledger.engine, mailing, 30)
    assert set(ledger.states()) == {"sent"}
    arrived = [email.message_from_bytes(file.read_bytes(), policy=default) for file in (maildir / "new").iterdir()]
    mails = {str(one["X-RcptTo"]): one for one in arrived if one["Message-ID"] != ledger.emails()[0]["message_id"]}
    assert set(mails) == {"requester@example.com", "BO@example.com", "Cia@example.org"}
    for to, mail in mails.items():
        assert mail["To"] == "requester@example.com"
        assert mail["Cc"] == "BO@example.com, Cia@example.org"
        assert mail["Reply-To"] == requesters["headers"]["Reply-To"]
        assert ("?key=" in mail.as_string().replace("=\n", "").replace("=3D", "=")) == (to == "requester@example.com")
    assert len({str(mail["X-MailFrom"]) for mail in mails.values()}) == 3, "bounces are told apart by the envelope"
    assert len({str(mail["Subject"]) for mail in mails.values()}) == 1


def test_an_event_that_is_handled_again_writes_nothing_twice(ledger: Ledger) -> None:
    (number,) = answer(ledger)
    (ticket,) = {row["ticket"] for row in ledger.emails()}
    with ledger.engine.begin() as connection:
        connection.execute(
            text("insert into events.deliveries (id, subscriber, ticket) values (:id, 'notify', :ticket)"),
            {"id": number, "ticket": ticket},
        )
    ledger.consume([number])
    assert len(ledger.emails()) == 4


def test_a_reminder_goes_to_the_requester_alone(ledger: Ledger) -> None:
    answer(ledger, "information_request", reminder=True)
    assert [row["recipient"] for row in ledger.emails()] == ["requester@example.com"] * 2
    assert "Cc" not in ledger.emails()[-1]["headers"]


def test_a_suppressed_participant_gets_none_and_stops_nobody(ledger: Ledger) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(
            text(
                "insert into notify.suppressions (id, address, reason, source)"
                " values (gen_random_uuid(), 'cia@example.org', 'asked for it', 'person')"
            )
        )
    answer(ledger)
    assert [(row["recipient"], row["state"]) for row in ledger.emails()[1:]] == [
        ("requester@example.com", "queued"),
        ("BO@example.com", "queued"),
        ("Cia@example.org", "suppressed"),
    ]


def test_what_is_no_address_fails_alone(ledger: Ledger) -> None:
    answer(ledger, others=["x\r\nBcc: all@example.com", "bo@example.com"])
    assert {row["recipient"]: row["state"] for row in ledger.emails()[1:]} == {
        "requester@example.com": "queued",
        "x\r\nBcc: all@example.com": "failed",
        "bo@example.com": "queued",
    }
    assert {row["headers"].get("Cc") for row in ledger.emails()[1:]} == {"bo@example.com", None}


def test_an_address_beyond_ascii_is_named_only_to_those_who_have_one(
    ledger: Ledger, notify_settings: NotifySettings
) -> None:
    event = submission("åsa@example.org")
    ledger.arrive(event, smtputf8=True)
    personal = {"email": "åsa@example.org", "participants": ["bo@example.com", "örjan@example.com"]}
    ledger.arrive(persons_events(str(event.ticket), {}, personal)["reply"], smtputf8=True)
    named = {row["recipient"]: (row["headers"]["To"], row["headers"].get("Cc")) for row in ledger.emails()[1:]}
    assert named == {
        "åsa@example.org": ("åsa@example.org", "bo@example.com, örjan@example.com"),
        "bo@example.com": ("bo@example.com", "bo@example.com"),
        "örjan@example.com": ("åsa@example.org", "bo@example.com, örjan@example.com"),
    }
    with mail_server(smtputf8=True) as mails:
        send_due_emails(ledger.engine, make_mailing(replace(notify_settings, smtp_url=mails.url, smtputf8=True)), 60)
    assert set(ledger.states()) == {"sent"}
