"""A bounce or a complaint marks the e-mail that it is about, and suppresses its recipient."""

from uuid import uuid4

from services.notify.emails.addresses import bounce_address
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
