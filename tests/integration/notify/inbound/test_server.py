"""Mail to us is stored whole, classified and announced; mail that is too large, or to no address of ours, is rejected."""

import smtplib
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from local.servers.server import Server
from services.notify.inbound.server import MOST_RECEIVED
from services.notify.settings import NotifySettings
from shared.storage.object_store import ObjectStore
from tests.integration.notify.inbound.conftest import TICKET, Inbound, listening
from tests.integration.notify.inbound_mails import a_reply


def test_a_reply_is_stored_whole_and_announced_for_its_ticket(inbound: Inbound) -> None:
    content = a_reply(inbound.reply_address)
    inbound.deliver(content, inbound.reply_address)
    (mail,) = inbound.mails()
    assert (mail["kind"], mail["ticket"]) == ("reply", TICKET)
    stored = ObjectStore(inbound.settings).get(mail["object"])
    assert stored == content
    (event,) = inbound.events()
    assert event == {
        "ticket": TICKET,
        "object": mail["object"],
        "size": len(stored),
        "kind": "reply",
        "reply_to": TICKET,
    }


def test_the_address_works_in_upper_and_lower_case(inbound: Inbound) -> None:
    inbound.deliver(a_reply(inbound.reply_address), inbound.reply_address.upper())
    assert [mail["ticket"] for mail in inbound.mails()] == [TICKET]


def test_the_same_mail_sent_again_is_stored_once(inbound: Inbound) -> None:
    for _ in range(2):
        inbound.deliver(a_reply(inbound.reply_address), inbound.reply_address)
    assert len(inbound.mails()) == len(inbound.events()) == 1


@pytest.mark.parametrize("smtputf8", [True, False])
def test_a_sender_beyond_ascii_is_heard_as_the_setting_says(
    engine: Engine, notify_settings: NotifySettings, smtputf8: bool
) -> None:
    for inbound in listening(engine, replace(notify_settings, smtputf8=smtputf8)):
        with smtplib.SMTP("127.0.0.1", inbound.port, timeout=10) as client:
            client.ehlo()
            offered = client.has_extn("smtputf8")
            if offered:
                options = ["SMTPUTF8", "BODY=8BITMIME"]
                content = a_reply(inbound.reply_address)
                client.sendmail("åsa@example.org", [inbound.reply_address], content, mail_options=options)
        senders = [mail["sender"] for mail in inbound.mails()]
    assert (offered, senders) == (smtputf8, ["åsa@example.org"] * smtputf8)


@pytest.mark.parametrize(
    "address",
    ["someone@elsewhere.test", f"reply+{TICKET.lower()}.guessed@mail.localhost.test", "bounce+1.2@mail.localhost.test"],
)
def test_guessed_and_foreign_addresses_are_refused(inbound: Inbound, address: str) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        inbound.deliver(a_reply(address), address)
    assert refused.value.recipients[address][0] == 550
    assert inbound.mails() == []


def test_another_tickets_token_opens_no_ticket(inbound: Inbound) -> None:
    token = inbound.reply_address.partition(".")[2]
    address = f"reply+t-aaaa-aaaa.{token}"
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        inbound.deliver(a_reply(address), address)


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ({"Auto_Submitted": "auto-replied"}, "requester@example.com"),
        ({"Precedence": "bulk"}, "requester@example.com"),
        ({"X_Apple_Action": "VACATION"}, "requester@example.com"),
        ({}, ""),
        ({}, "MAILER-DAEMON@example.com"),
    ],
)
def test_automatic_mail_is_stored_as_automatic(inbound: Inbound, headers: dict[str, str], sender: str) -> None:
    inbound.deliver(a_reply(inbound.reply_address, **headers), inbound.reply_address, sender)
    assert [(mail["kind"], mail["ticket"]) for mail in inbound.mails()] == [("automatic", TICKET)]
    assert [event["kind"] for event in inbound.events()] == ["automatic"]


def test_a_persons_mail_counts_though_a_group_or_exchange_marked_it(inbound: Inbound) -> None:
    for to in (inbound.reply_address, inbound.settings.mail_from):
        inbound.deliver(a_reply(to, X_Auto_Response_Suppress="OOF, AutoReply"), to)
        inbound.deliver(a_reply(to, List_Id="<help.example.com>"), to)
    assert [mail["kind"] for mail in inbound.mails()] == ["reply", "reply", "unknown", "unknown"]


def test_mail_to_no_ticket_is_stored_as_unknown(inbound: Inbound) -> None:
    inbound.deliver(a_reply(inbound.settings.mail_from), inbound.settings.mail_from)
    assert [mail["kind"] for mail in inbound.mails()] == ["unknown"]


def test_malformed_mail_is_stored_whole_as_unreadable(inbound: Inbound) -> None:
    content = b"Content-Type: multipart/mixed\r\nFrom: a@example.com\r\n\r\n\xff\xfe no boundary\r\n"
    inbound.deliver(content, inbound.reply_address)
    (mail,) = inbound.mails()
    assert mail["kind"] == "unreadable"
    assert ObjectStore(inbound.settings).get(mail["object"]) == content


def test_while_the_store_is_away_the_sender_is_asked_to_try_again(
    engine: Engine, notify_settings: NotifySettings, own_object_store: Server
) -> None:
    listener = listening(engine, replace(notify_settings, s3_url=own_object_store.url))
    inbound = next(listener)
    own_object_store.stop()
    with pytest.raises(smtplib.SMTPDataError) as later:
        inbound.deliver(a_reply(inbound.reply_address), inbound.reply_address)
    assert later.value.smtp_code == 451
    own_object_store.start()
    inbound.deliver(a_reply(inbound.reply_address), inbound.reply_address)
    assert len(inbound.mails()) == 1
    next(listener, None)


@pytest.mark.parametrize("announced", [True, False], ids=["size announced", "size not announced"])
def test_a_mail_of_50_mb_is_rejected_for_good_and_the_next_one_accepted(inbound: Inbound, announced: bool) -> None:
    content = b"Subject: large\r\n\r\n" + (b"a" * 78 + b"\r\n") * 650_000
    with smtplib.SMTP("127.0.0.1", inbound.port, timeout=60) as client:
        client.ehlo()
        if not announced:
            del client.esmtp_features["size"]
        with pytest.raises((smtplib.SMTPSenderRefused, smtplib.SMTPDataError)) as refused:
            client.sendmail("requester@example.com", [inbound.reply_address], content)
        assert refused.value.smtp_code == 552
    assert inbound.mails() == []
    inbound.deliver(a_reply(inbound.reply_address), inbound.reply_address)
    assert [mail["kind"] for mail in inbound.mails()] == ["reply"]


@pytest.mark.parametrize("content", [bytes(range(256)) * 200, b"Subject: \xff\xfe\r\nFrom: \x80\r\n\r\n\xc3\x28"])
def test_any_bytes_are_stored_as_they_came(inbound: Inbound, content: bytes) -> None:
    inbound.deliver(content, inbound.reply_address)
    (mail,) = inbound.mails()
    assert ObjectStore(inbound.settings).get(mail["object"]) == content + b"\r\n"


def test_a_mail_of_one_long_line_is_stored(inbound: Inbound) -> None:
    content = b"Subject: long\r\n\r\n" + b"a" * 3_000_000 + b"\r\n"
    inbound.deliver(content, inbound.reply_address)
    (mail,) = inbound.mails()
    assert ObjectStore(inbound.settings).get(mail["object"]) == content


def test_a_line_without_end_is_cut_off_and_others_are_served(inbound: Inbound) -> None:
    with smtplib.SMTP("127.0.0.1", inbound.port, timeout=60) as client:
        client.ehlo()
        client.mail("requester@example.com")
        client.rcpt(inbound.reply_address)
        client.docmd("DATA")
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.send(bytes(2 * MOST_RECEIVED))
    inbound.deliver(a_reply(inbound.reply_address), inbound.reply_address)
    assert [mail["kind"] for mail in inbound.mails()] == ["reply"]


def test_lmtp_clients_are_served_too(inbound: Inbound) -> None:
    with smtplib.LMTP("127.0.0.1", inbound.port) as client:
        client.sendmail("requester@example.com", [inbound.reply_address], a_reply(inbound.reply_address))
    assert [mail["kind"] for mail in inbound.mails()] == ["reply"]
