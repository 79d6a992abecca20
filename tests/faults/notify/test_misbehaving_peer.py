"""Whatever the SMTP server does, the mails that it accepted and the ledger agree exactly."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.faults.notify.ledger_checks import address, agrees, breaker, some_emails
from tests.faults.notify.peer import DROP, KEEP_AND_DROP, STALL, Peer, Script
from tests.integration.notify.ledger import Ledger, submission

Peers = Callable[[Script], Peer]
Send = Callable[[Peer], int]


def test_a_cooperative_peer_gets_every_mail_once_over_one_connection(
    ledger: Ledger, peers: Peers, send_to: Send
) -> None:
    peer = peers(lambda stage, recipient, n: None)
    some_emails(ledger, 5)
    assert send_to(peer) == 5
    agrees(ledger, peer)
    assert len(peer.accepted) == 5
    assert peer.connections == 1
    assert send_to(peer) == 0
    assert [state for _, state in ledger.announced()] == ["sent"] * 5
    assert {sender.partition("+")[0] for sender in peer.senders} == {"bounce"}
    assert all(b"/t/T-" in body and b"?key" in body for body in peer.bodies)


def test_a_peer_that_refuses_connections_costs_no_attempt(ledger: Ledger, peers: Peers, send_to: Send) -> None:
    peer = peers(lambda stage, recipient, n: None)
    some_emails(ledger, 2)
    peer.close()
    assert send_to(peer) == 1
    assert breaker(ledger) == "outage"
    assert ledger.states() == ["queued", "queued"]
    assert ledger.attempts() == []
    assert send_to(peer) == 0, "one try in ten seconds"


def test_after_an_outage_everything_is_sent_by_itself(ledger: Ledger, peers: Peers, send_to: Send) -> None:
    away = peers(lambda stage, recipient, n: "554 no service" if stage == "CONNECT" else None)
    some_emails(ledger, 3)
    send_to(away)
    back = peers(lambda stage, recipient, n: None)
    ledger.due_now()
    assert send_to(back) == 3
    assert breaker(ledger) == "open"
    agrees(ledger, back)
    assert ledger.states() == ["sent"] * 3


@pytest.mark.parametrize("stage", ["EHLO", "MAIL", "RCPT", "DATA", "BODY"])
def test_421_at_any_stage_is_an_outage_that_costs_no_attempt(
    ledger: Ledger, peers: Peers, send_to: Send, stage: str
) -> None:
    peer = peers(lambda at, recipient, n: "421 going down" if at == stage else None)
    some_emails(ledger, 2)
    send_to(peer)
    assert breaker(ledger) == "outage"
    assert ledger.states() == ["queued", "queued"]
    assert [email["attempts"] for email in ledger.emails()] == [0, 0]
    agrees(ledger, peer)


def test_421_in_mid_session_keeps_what_was_sent_before(ledger: Ledger, peers: Peers, send_to: Send) -> None:
    peer = peers(lambda at, recipient, n: "421 enough" if at == "MAIL" and len(peer.accepted) == 2 else None)
    some_emails(ledger, 4)
    send_to(peer)
    agrees(ledger, peer)
    assert sorted(ledger.states()) == ["queued", "queued", "sent", "sent"]


def test_a_greylisting_peer_gets_each_mail_on_the_second_try(ledger: Ledger, peers: Peers, send_to: Send) -> None:
    peer = peers(lambda stage, recipient, n: "451 greylisted" if stage == "RCPT" and n == 1 else None)
    some_emails(ledger, 3)
    send_to(peer)
    assert ledger.states() == ["deferred"] * 3
    assert ledger.emails()[0]["because"] == "451 greylisted"
    assert send_to(peer) == 0, "not before a minute is over"
    ledger.due_now()
    send_to(peer)
    assert ledger.states() == ["sent"] * 3
    agrees(ledger, peer)
    assert [attempt["words"] for attempt in ledger.attempts()] == ["greylisted"] * 3 + ["ok"] * 3
    assert [email["attempts"] for email in ledger.emails()] == [2, 2, 2]


@pytest.mark.parametrize("stage", ["RCPT", "DATA", "BODY"])
def test_one_deferred_mail_stops_no_other(ledger: Ledger, peers: Peers, send_to: Send, stage: str) -> None:
    peer = peers(lambda at, recipient, n: "452 full" if at == stage and recipient == address(1) else None)
    some_emails(ledger, 3)
    send_to(peer)
    assert ledger.states() == ["sent", "deferred", "sent"]
    assert breaker(ledger) == "open"
    agrees(ledger, peer)


def test_a_mail_deferred_for_four_days_fails(ledger: Ledger, peers: Peers, send_to: Send) -> None:
    peer = peers(lambda stage, recipient, n: "450 later" if stage == "RCPT" else None)
    some_emails(ledger, 1)
    send_to(peer)
    with ledger.engine.begin() as connection:
        connection.execute(text("update notify.emails set deferred_since = clock_timestamp() - interval '97 hours'"))
    ledger.due_now()
    send_to(peer)
    (email,) = ledger.emails()
    assert (email["state"], email["because"]) == ("failed", "given up after 4 days: 450 later")


def test_a_refused_recipient_fails_is_suppressed_and_stops_no_other(
    ledger: Ledger, peers: Peers, send_to: Send
) -> None:
    peer = peers(lambda stage, recipient, n: "550 no such user" if (stage, recipient) == ("RCPT", address(0)) else None)
    some_emails(ledger, 3)
    send_to(peer)
    assert ledger.states() == ["failed", "sent", "sent"]
    agrees(ledger, peer)
    ledger.arrive(submission(address(0).upper()))
    assert ledger.states()[-1] == "suppressed"
    assert "no such user" in ledger.emails()[-1]["because"]


def test_a_refused_body_fails_without_suppressing(ledger: Ledger, peers: Peers, send_to: Send) -> None:
    peer = peers(lambda stage, recipient, n: "554 spam" if stage == "BODY" and recipient == address(0) else None)
    some_emails(ledger, 2)
    send_to(peer)
    assert ledger.states() == ["failed", "sent"]
    ledger.arrive(submission(address(0)))
    assert ledger.states()[-1] == "queued"


def test_5xx_on_mail_pauses_everything_and_fails_nothing(ledger: Ledger, peers: Peers, send_to: Send) -> None:
    peer = peers(
        lambda stage, recipient, n: "550 you may not send" if stage == "MAIL" and peer.connections == 1 else None
    )
    some_emails(ledger, 3)
    assert send_to(peer) == 1
    assert breaker(ledger) == "misconfigured"
    assert ledger.states() == ["queued"] * 3
    assert ledger.attempts() == []
    ledger.due_now()
    send_to(peer)
    assert ledger.states() == ["sent"] * 3
    agrees(ledger, peer)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "BODY"])
def test_a_peer_that_drops_one_mail_before_its_250_stops_no_other(
    ledger: Ledger, peers: Peers, send_to: Send, stage: str
) -> None:
    peer = peers(
        lambda at, recipient, n: DROP if at == stage and len(peer.accepted) == 1 and peer.connections == 1 else None
    )
    some_emails(ledger, 3)
    send_to(peer)
    agrees(ledger, peer)
    expected = ["sent", "sent", "sent"] if stage == "MAIL" else ["sent", "deferred", "sent"]
    assert ledger.states() == expected, "a connection that died between two mails costs none of them"
    ledger.due_now()
    send_to(peer)
    assert ledger.states() == ["sent"] * 3
    agrees(ledger, peer)


def test_a_peer_that_always_drops_is_left_alone_after_two(ledger: Ledger, peers: Peers, send_to: Send) -> None:
    peer = peers(lambda stage, recipient, n: DROP if stage == "RCPT" else None)
    some_emails(ledger, 4)
    assert send_to(peer) == 2
    assert breaker(ledger) == "outage"
    assert sorted(ledger.states()) == ["deferred", "deferred", "queued", "queued"]


def test_a_mail_accepted_without_a_reply_is_sent_again_with_the_same_message_id(
    ledger: Ledger, peers: Peers, send_to: Send
) -> None:
    peer = peers(lambda stage, recipient, n: KEEP_AND_DROP if stage == "BODY" and n == 1 else None)
    some_emails(ledger, 1)
    send_to(peer)
    assert ledger.states() == ["deferred"]
    ledger.due_now()
    send_to(peer)
    assert ledger.states() == ["sent"]
    assert peer.kept == peer.accepted == [ledger.emails()[0]["message_id"]]


def test_a_drop_after_the_250_is_no_failure(ledger: Ledger, peers: Peers, send_to: Send) -> None:
    peer = peers(lambda stage, recipient, n: DROP if stage == "AFTER" else None)
    some_emails(ledger, 3)
    send_to(peer)
    assert ledger.states() == ["sent"] * 3
    agrees(ledger, peer)


@pytest.mark.parametrize("reply", [DROP, STALL, "500 never"])
def test_a_failing_quit_is_no_failure(ledger: Ledger, peers: Peers, send_impatiently_to: Send, reply: str) -> None:
    peer = peers(lambda stage, recipient, n: reply if stage == "QUIT" else None)
    some_emails(ledger, 2)
    send_impatiently_to(peer)
    assert ledger.states() == ["sent", "sent"]
    agrees(ledger, peer)


@pytest.mark.parametrize("stage", ["CONNECT", "EHLO", "RCPT", "BODY"])
def test_a_stalling_peer_opens_the_breaker_at_once(
    ledger: Ledger, peers: Peers, send_impatiently_to: Send, stage: str
) -> None:
    peer = peers(lambda at, recipient, n: STALL if at == stage else None)
    some_emails(ledger, 3)
    assert send_impatiently_to(peer) == 1
    assert breaker(ledger) == "outage"
    agrees(ledger, peer)
    assert ledger.states()[1:] == ["queued", "queued"]


def test_one_row_that_is_no_message_stops_no_other(ledger: Ledger, peers: Peers, send_to: Send) -> None:
    peer = peers(lambda stage, recipient, n: None)
    some_emails(ledger, 3)
    with ledger.engine.begin() as connection:
        connection.execute(
            text(
                "update notify.emails set headers = headers || jsonb_build_object('Subject', cast(:bad as text))"
                " where recipient = :recipient"
            ),
            {"bad": "a\r\nBcc: all@example.com", "recipient": address(1)},
        )
    send_to(peer)
    assert ledger.states() == ["sent", "failed", "sent"]
    agrees(ledger, peer)


def test_an_address_suppressed_after_writing_gets_no_mail(ledger: Ledger, peers: Peers, send_to: Send) -> None:
    peer = peers(lambda stage, recipient, n: None)
    some_emails(ledger, 2)
    with ledger.engine.begin() as connection:
        connection.execute(
            text(
                "insert into notify.suppressions (id, address, reason, source)"
                " values (gen_random_uuid(), :address, 'asked for it', 'person')"
            ),
            {"address": address(0)},
        )
    send_to(peer)
    assert ledger.states() == ["suppressed", "sent"]
    agrees(ledger, peer)
