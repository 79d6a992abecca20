"""Mail to us is stored whole and classified, and a bounce marks the e-mail that it is about."""

import asyncio
import smtplib
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from local.ports import free_ports
from local.servers.server import Server
from services.notify.deps import Deps
from services.notify.emails.addresses import bounce_address, reply_address
from services.notify.inbound.server import MOST_RECEIVED, listen
from services.notify.settings import NotifySettings
from shared.storage.object_store import ObjectStore
from tests.integration.notify.inbound_mails import a_complaint, a_reply, a_status_report
from tests.integration.notify.ledger import Ledger, submission
from tests.polling import eventually

TICKET = "T-7K3M-9QXA"


class Inbound:
    """The server, and what it stored."""

    def __init__(self, engine: Engine, settings: NotifySettings, port: int) -> None:
        self.engine, self.settings, self.port = engine, settings, port

    def deliver(self, content: bytes, to: str, sender: str = "requester@example.com") -> None:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as client:
            client.sendmail(sender, [to], content)

    def mails(self) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            return [
                dict(row._mapping) for row in connection.execute(text("select * from notify.inbound_mails order by id"))
            ]

    def events(self) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            rows = connection.execute(
                text("select ticket, payload from events.log where type = 'MailReceived' order by id")
            )
            return [{"ticket": row.ticket, **row.payload} for row in rows]

    @property
    def reply_address(self) -> str:
        return reply_address(self.settings.secret, TICKET, self.settings.mail_domain)


def listening(engine: Engine, settings: NotifySettings) -> Iterator[Inbound]:
    port = free_ports(1)[0]
    loop, stopping = asyncio.new_event_loop(), asyncio.Event()
    work = listen(Deps(settings, engine, ObjectStore(settings)), "127.0.0.1", port, stopping)
    thread = threading.Thread(target=loop.run_until_complete, args=(work,))
    thread.start()
    inbound = Inbound(engine, settings, port)
    eventually(lambda: answers(inbound))
    yield inbound
    loop.call_soon_threadsafe(stopping.set)
    thread.join(60)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def answers(inbound: Inbound) -> bool:
    try:
        smtplib.SMTP("127.0.0.1", inbound.port, timeout=30).quit()
    except OSError:
        return False
    return True


@pytest.fixture
def inbound(engine: Engine, notify_settings: NotifySettings) -> Iterator[Inbound]:
    yield from listening(engine, notify_settings)


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
        ({"List_Id": "<news.example.com>"}, "requester@example.com"),
        ({}, ""),
        ({}, "MAILER-DAEMON@example.com"),
    ],
)
def test_automatic_mail_is_stored_as_automatic(inbound: Inbound, headers: dict[str, str], sender: str) -> None:
    inbound.deliver(a_reply(inbound.reply_address, **headers), inbound.reply_address, sender)
    assert [(mail["kind"], mail["ticket"]) for mail in inbound.mails()] == [("automatic", TICKET)]
    assert [event["kind"] for event in inbound.events()] == ["automatic"]


def test_a_persons_answer_counts_though_exchange_suppresses_responses(inbound: Inbound) -> None:
    for to in (inbound.reply_address, inbound.settings.mail_from):
        inbound.deliver(a_reply(to, X_Auto_Response_Suppress="OOF, AutoReply"), to)
    assert [mail["kind"] for mail in inbound.mails()] == ["reply", "automatic"]


def test_mail_to_no_ticket_is_stored_as_unknown(inbound: Inbound) -> None:
    inbound.deliver(a_reply(inbound.settings.mail_from), inbound.settings.mail_from)
    assert [mail["kind"] for mail in inbound.mails()] == ["unknown"]


def test_malformed_mail_is_stored_whole_as_unreadable(inbound: Inbound) -> None:
    content = b"Content-Type: multipart/mixed\r\nFrom: a@example.com\r\n\r\n\xff\xfe no boundary\r\n"
    inbound.deliver(content, inbound.reply_address)
    (mail,) = inbound.mails()
    assert mail["kind"] == "unreadable"
    assert ObjectStore(inbound.settings).get(mail["object"]) == content


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
