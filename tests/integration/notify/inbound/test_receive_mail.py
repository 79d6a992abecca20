"""A bounce or a complaint marks the e-mail that it is about, and suppresses its recipient."""

from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from services.notify.emails.addresses import bounce_address
from tests.integration.notify.emails.person_events import persons_events
from tests.integration.notify.inbound.conftest import Inbound
from tests.integration.notify.inbound_mails import a_complaint, a_reply, a_status_report
from tests.integration.notify.ledger import Ledger, submission


def test_a_bounce_marks_the_email_and_suppresses_its_address(inbound: Inbound, ledger: Ledger) -> None:
    ledger.arrive(submission("gone@example.com"))
    (email,) = ledger.emails()
    inbound.deliver(a_status_report("gone@example.com"), email["envelope_from"], "")
    (email,) = ledger.emails()
    assert (email["state"], email["because"]) == ("bounced", "smtp; 550 5.1.1 no such user here")
    assert ledger.announced() == [(email["ticket"], "bounced")]
    ledger.arrive(submission("Gone@example.com"))
    assert ledger.states()[-1] == "suppressed"


def test_a_bounce_to_another_address_is_known_by_the_message_id(inbound: Inbound, ledger: Ledger) -> None:
    ledger.arrive(submission("gone@example.com"))
    (email,) = ledger.emails()
    report = a_status_report("gone@example.com", message_id=email["message_id"])
    inbound.deliver(report, inbound.settings.mail_from, "")
    assert ledger.states() == ["bounced"]


def test_a_delay_is_no_bounce(inbound: Inbound, ledger: Ledger) -> None:
    ledger.arrive(submission())
    (email,) = ledger.emails()
    inbound.deliver(
        a_status_report("requester@example.com", action="delayed", status="4.4.1"), email["envelope_from"], ""
    )
    assert ledger.states() == ["queued"]
    assert [mail["kind"] for mail in inbound.mails()] == ["bounce"]


def test_a_vacation_reply_to_the_bounce_address_is_no_bounce(inbound: Inbound, ledger: Ledger) -> None:
    ledger.arrive(submission())
    (email,) = ledger.emails()
    inbound.deliver(a_reply(email["envelope_from"], Auto_Submitted="auto-replied"), email["envelope_from"], "")
    assert ledger.states() == ["queued"]
    assert [mail["kind"] for mail in inbound.mails()] == ["automatic"]


def test_a_complaint_suppresses(inbound: Inbound, ledger: Ledger) -> None:
    ledger.arrive(submission("angry@example.com"))
    (email,) = ledger.emails()
    inbound.deliver(a_complaint(), email["envelope_from"], "")
    ledger.arrive(submission("angry@example.com"))
    assert ledger.states() == ["bounced", "suppressed"]


def test_a_forged_bounce_for_no_email_of_ours_is_only_stored(inbound: Inbound, ledger: Ledger) -> None:
    address = bounce_address(inbound.settings.secret, uuid4(), inbound.settings.mail_domain)
    inbound.deliver(a_status_report("requester@example.com"), address, "")
    assert [mail["kind"] for mail in inbound.mails()] == ["bounce"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("5.7.26", "550 5.7.26 its SPF and DKIM did not pass"),
        ("5.7.1", "550 5.7.1 message rejected due to content policy"),
        ("5.2.1", "550 5.2.1 account disabled"),
        ("5.2.3", "552 5.2.3 message too large"),
    ],
)
def test_a_bounce_for_another_reason_suppresses_nobody(
    inbound: Inbound, ledger: Ledger, status: str, words: str
) -> None:
    ledger.arrive(submission("bo@example.com"))
    (email,) = ledger.emails()
    inbound.deliver(a_status_report("bo@example.com", status=status, diagnostic=words), email["envelope_from"], "")
    ledger.arrive(submission("bo@example.com"))
    assert ledger.states() == ["bounced", "queued"]


def test_a_full_mailbox_gets_the_same_message_once_more_a_day_later(
    inbound: Inbound, ledger: Ledger, engine: Engine
) -> None:
    ledger.arrive(submission("full@example.com"))
    (email,) = ledger.emails()
    with engine.begin() as connection:
        connection.execute(text("update notify.emails set state = 'sent', sent_at = clock_timestamp()"))
    report = {"status": "5.2.2", "diagnostic": "552 5.2.2 over quota"}
    inbound.deliver(a_status_report("full@example.com", **report), email["envelope_from"], "")
    (again,) = ledger.emails()
    assert (again["state"], again["message_id"]) == ("deferred", email["message_id"])
    with engine.begin() as connection:
        waits = connection.execute(
            text("select not_before > clock_timestamp() + interval '23 hours' from notify.emails")
        )
        assert waits.scalar()
        connection.execute(text("update notify.emails set state = 'sent'"))
    inbound.deliver(a_status_report("full@example.com", **report) + b"\r\n", email["envelope_from"], "")
    ledger.arrive(submission("full@example.com"))
    assert ledger.states() == ["bounced", "queued"]


def test_a_bounce_in_plain_words_is_a_bounce(inbound: Inbound, ledger: Ledger) -> None:
    ledger.arrive(submission("gone@example.com"))
    (email,) = ledger.emails()
    words = (
        b"From: robot@mx.example.com\r\nSubject: Your mail\r\n\r\nHi! There is no such user here: gone@example.com\r\n"
    )
    inbound.deliver(words, email["envelope_from"], "robot@mx.example.com")
    ledger.arrive(submission("gone@example.com"))
    assert ledger.states() == ["bounced", "suppressed"]


def test_a_participants_bounce_is_theirs_and_the_requesters_page_does_not_hear_of_it(
    inbound: Inbound, ledger: Ledger
) -> None:
    event = submission()
    ledger.arrive(event)
    personal = {"participants": ["bo@example.com", "cia@example.com"]}
    ledger.arrive(persons_events(str(event.ticket), {}, personal)["reply"])
    copy = ledger.emails()[2]
    inbound.deliver(a_status_report(copy["recipient"]), copy["envelope_from"], "")
    assert ledger.states() == ["queued", "queued", "bounced", "queued"]
    with ledger.engine.connect() as connection:
        suppressed = connection.execute(text("select address from notify.suppressions")).scalars().all()
        told = connection.execute(
            text(
                "select payload ->> 'participant', array(select subscriber from events.deliveries d where d.id = l.id)"
                " from events.log l where type = 'EmailStateChanged'"
            )
        ).all()
    assert suppressed == ["bo@example.com"]
    assert [tuple(row) for row in told] == [("true", ["triage"])]
