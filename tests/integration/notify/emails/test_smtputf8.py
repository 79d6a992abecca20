"""Addresses beyond ASCII before the @: sent where setting and server allow it, failed with the reason where they do not."""

from dataclasses import replace

import pytest

from services.notify.delivery.mailing import make_mailing
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.settings import NotifySettings
from shared.mail.addresses import NO_SMTPUTF8
from tests.integration.notify.ledger import Ledger, submission
from tests.mail_server import MailServer, mail_server

ASA = "åsa@bücher.example"
ASA_MAILED = "åsa@xn--bcher-kva.example"


def send_to(ledger: Ledger, settings: NotifySettings, mails: MailServer, *addresses: str) -> None:
    """Acknowledge a ticket of each, and send what is due."""
    settings = replace(settings, smtp_url=mails.url, smtputf8=True)
    ledger.arrive(*(submission(address) for address in addresses), smtputf8=True)
    send_due_emails(ledger.engine, make_mailing(settings), 60)


def test_a_server_that_offers_it_is_asked_for_it_where_the_recipient_needs_it(
    ledger: Ledger, notify_settings: NotifySettings
) -> None:
    with mail_server(smtputf8=True) as mails:
        send_to(ledger, notify_settings, mails, ASA, "anna@straße.example")
    assert ledger.states() == ["sent", "sent"]
    asas, annas = mails.accepted
    assert (asas.recipients, annas.recipients) == ([ASA_MAILED], ["anna@xn--strae-oqa.example"])
    assert "SMTPUTF8" in asas.options
    assert annas.options == []
    assert f"To: {ASA_MAILED}\r\n".encode() in asas.content


def test_where_the_server_does_not_offer_it_the_email_fails_at_once_and_others_are_sent(
    ledger: Ledger, notify_settings: NotifySettings
) -> None:
    with mail_server(smtputf8=False) as mails:
        send_to(ledger, notify_settings, mails, ASA, "anna@example.org")
        ledger.due_now()
        send_due_emails(ledger.engine, make_mailing(replace(notify_settings, smtp_url=mails.url)), 60)
    assert mails.recipients == ["anna@example.org"]
    [failed, sent] = ledger.emails()
    assert (failed["state"], failed["because"], failed["attempts"]) == ("failed", NO_SMTPUTF8, 1)
    assert sent["state"] == "sent"
    assert (failed["ticket"], "failed") in ledger.announced()
    with ledger.engine.connect() as connection:
        assert connection.exec_driver_sql("select address from notify.suppressions").all() == []
    assert ledger.breaker_because() is None


@pytest.mark.parametrize("offered", [True, False])
def test_while_the_setting_is_off_it_is_no_address(
    ledger: Ledger, notify_settings: NotifySettings, offered: bool
) -> None:
    ledger.arrive(submission(ASA))
    with mail_server(smtputf8=offered) as mails:
        send_due_emails(ledger.engine, make_mailing(replace(notify_settings, smtp_url=mails.url)), 60)
    [email] = ledger.emails()
    assert (email["state"], email["because"]) == ("failed", "never sent: not an address that can be written to")
    assert mails.accepted == []


def test_a_suppressed_address_beyond_ascii_gets_no_email(ledger: Ledger, notify_settings: NotifySettings) -> None:
    with mail_server(smtputf8=True) as mails:
        mails.refused.add(ASA_MAILED)
        send_to(ledger, notify_settings, mails, ASA)
        send_to(ledger, notify_settings, mails, ASA)
    assert ledger.states() == ["failed", "suppressed"]
    assert mails.accepted == []
