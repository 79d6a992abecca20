"""Replies that no correct server gives, or that few give: each has its consequence for its mail, and no other."""

from collections.abc import Callable
from email import message_from_bytes

import pytest
from sqlalchemy import text

from services.notify.delivery.sender import MAILS_A_CONNECTION
from tests.faults.notify.ledger_checks import address, agrees, breaker, some_emails
from tests.faults.notify.peer import CUT, Peer, Script
from tests.integration.notify.ledger import Ledger, submission

Peers = Callable[[Script], Peer]
Send = Callable[[Peer], int]


def suppressed(ledger: Ledger) -> list[str]:
    with ledger.engine.connect() as connection:
        return list(connection.execute(text("select address from notify.suppressions")).scalars())


INVALID_REPLIES = [
    (stage, reply)
    for stage in ("MAIL", "RCPT", "DATA", "BODY")
    for reply in ("what?", " ", "354 go on", "199 hm", "999 no", "25", f"250-half{CUT}", f"2{CUT}")
    if (stage, reply) != ("DATA", "354 go on")
]


@pytest.mark.parametrize(("stage", "reply"), INVALID_REPLIES)
def test_an_invalid_reply_costs_a_mail_one_try_and_suppresses_nothing(
    ledger: Ledger, peers: Peers, send_to: Send, stage: str, reply: str
) -> None:
    peer = peers(lambda at, recipient, n: reply if at == stage and peer.connections == 1 else None)
    some_emails(ledger, 2)
    send_to(peer)
    agrees(ledger, peer)
    assert set(ledger.states()) <= {"sent", "deferred", "queued"}
    assert suppressed(ledger) == []
    ledger.due_now()
    send_to(peer)
    assert ledger.states() == ["sent", "sent"]
    agrees(ledger, peer)


def test_a_250_to_data_is_no_250_to_the_mail(ledger: Ledger, peers: Peers, send_to: Send) -> None:
    peer = peers(lambda stage, recipient, n: "250 ok" if stage == "DATA" else None)
    some_emails(ledger, 1)
    send_to(peer)
    assert (ledger.states(), peer.accepted) == (["deferred"], [])


def test_replies_of_several_lines_without_text_and_beyond_ascii_are_understood(
    ledger: Ledger, peers: Peers, send_to: Send
) -> None:
    replies = {
        "CONNECT": "220-peer\r\n220-of åäö\r\n220 hello",
        "MAIL": "250",
        "RCPT": "251-will forward\r\n251 \udce5t n\udce5gon annan",
        "DATA": "354",
        "BODY": "250-queued\r\n250 \x1b[2Jkö 7",
    }
    peer = peers(lambda stage, recipient, n: replies.get(stage))
    some_emails(ledger, 2)
    send_to(peer)
    assert ledger.states() == ["sent", "sent"]
    agrees(ledger, peer)
    assert {attempt["words"] for attempt in ledger.attempts()} == {"queued [2Jkö 7"}


def test_a_server_that_accepts_few_mails_a_connection_gets_all_over_several(
    ledger: Ledger, peers: Peers, send_to: Send
) -> None:
    peer = peers(
        lambda stage, recipient, n: (
            "421 enough" if stage == "MAIL" and len(peer.accepted) == 2 * peer.connections else None
        )
    )
    some_emails(ledger, 5)
    send_to(peer)
    assert ledger.states() == ["sent"] * 5
    assert (breaker(ledger), peer.connections) == ("open", 3)
    agrees(ledger, peer)


def test_a_server_that_rejects_us_in_mid_session_keeps_what_it_accepted(
    ledger: Ledger, peers: Peers, send_to: Send
) -> None:
    peer = peers(lambda stage, recipient, n: "550 not you" if stage == "MAIL" and len(peer.accepted) == 2 else None)
    some_emails(ledger, 4)
    send_to(peer)
    assert (sorted(ledger.states()), breaker(ledger)) == (["queued", "queued", "sent", "sent"], "misconfigured")
    agrees(ledger, peer)
    kind = peers(lambda stage, recipient, n: None)
    ledger.due_now()
    send_to(kind)
    assert sorted(peer.accepted + kind.accepted) == sorted(email["message_id"] for email in ledger.emails())


def test_a_connection_is_used_for_a_bounded_number_of_mails(ledger: Ledger, peers: Peers, send_to: Send) -> None:
    peer = peers(lambda stage, recipient, n: None)
    some_emails(ledger, MAILS_A_CONNECTION + 1)
    while send_to(peer):
        pass
    agrees(ledger, peer)
    assert len(peer.accepted) == MAILS_A_CONNECTION + 1
    assert peer.most_on_one <= MAILS_A_CONNECTION


def test_a_rejection_without_text_fails_its_email_and_suppresses_nobody(
    ledger: Ledger, peers: Peers, send_to: Send
) -> None:
    peer = peers(lambda stage, recipient, n: "550" if (stage, recipient) == ("RCPT", address(0)) else None)
    some_emails(ledger, 2)
    send_to(peer)
    assert ledger.states() == ["failed", "sent"]
    ledger.arrive(submission(address(0)))
    assert ledger.states()[-1] == "queued"


def test_a_server_without_pipelining_gets_one_command_at_a_time(ledger: Ledger, peers: Peers, send_to: Send) -> None:
    replies = {"EHLO": "250 peer", ("RCPT", address(1)): "450 later", ("DATA", address(2)): "450 later"}
    peer = peers(lambda stage, recipient, n: replies.get(stage) or replies.get((stage, recipient)))
    some_emails(ledger, 5)
    send_to(peer)
    assert ledger.states() == ["sent", "deferred", "deferred", "sent", "sent"]
    assert peer.visits["DATA", address(1)] == 0
    agrees(ledger, peer)


@pytest.mark.parametrize("refused", ["RCPT", "MAIL"])
def test_a_server_that_expects_the_body_of_a_mail_it_rejected_gets_none(
    ledger: Ledger, peers: Peers, send_to: Send, refused: str
) -> None:
    """Commands that travel together are answered each; a careless server goes on after a rejection."""
    peer = peers(
        lambda stage, recipient, n: (
            "450 later"
            if stage == refused and len(peer.accepted) == 1 and peer.connections == 1
            else {"RCPT": "250 ok", "DATA": "354 go"}.get(stage)
        )
    )
    some_emails(ledger, 3)
    send_to(peer)
    assert ledger.states() == ["sent", "deferred", "sent"]
    assert (len(peer.accepted), peer.connections) == (2, 2)
    agrees(ledger, peer)


POLICY = ["554 5.7.1 <x>: Relay access denied", "550 relay not permitted", "530 Authentication required"]


@pytest.mark.parametrize("reply", POLICY)
def test_one_recipient_refused_for_a_policy_is_not_suppressed(
    ledger: Ledger, peers: Peers, send_to: Send, reply: str
) -> None:
    peer = peers(lambda stage, recipient, n: reply if (stage, recipient) == ("RCPT", address(1)) else None)
    some_emails(ledger, 3)
    send_to(peer)
    assert ledger.states() == ["sent", "failed", "sent"]
    assert (suppressed(ledger), breaker(ledger)) == ([], "open")


@pytest.mark.parametrize("reply", POLICY)
def test_a_server_that_does_not_relay_pauses_everything(
    ledger: Ledger, peers: Peers, send_to: Send, reply: str
) -> None:
    peer = peers(lambda stage, recipient, n: reply if stage == "RCPT" else None)
    some_emails(ledger, 6)
    for _ in range(4):
        send_to(peer)
        assert breaker(ledger) == "misconfigured"
        ledger.due_now()
    assert sorted(ledger.states()) == ["failed", *["queued"] * 5]
    assert suppressed(ledger) == []
    fixed = peers(lambda stage, recipient, n: None)
    send_to(fixed)
    assert (sorted(ledger.states()), breaker(ledger)) == (["failed", *["sent"] * 5], "open")
    agrees(ledger, fixed)


def test_lines_that_begin_with_a_dot_arrive_as_they_are(ledger: Ledger, peers: Peers, send_to: Send) -> None:
    written = ".\n.hidden\n..\n. \nend.\n."
    peer = peers(lambda stage, recipient, n: None)
    some_emails(ledger, 2)
    with ledger.engine.begin() as connection:
        connection.execute(text("update notify.emails set text = :text"), {"text": written})
    send_to(peer)
    agrees(ledger, peer)
    assert len(peer.bodies) == 2
    for body in peer.bodies:
        (plain,) = (part for part in message_from_bytes(body).walk() if part.get_content_type() == "text/plain")
        decoded = plain.get_payload(decode=True)
        assert isinstance(decoded, bytes)
        assert decoded.decode().replace("\r\n", "\n").removesuffix("\n") == written
