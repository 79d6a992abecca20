"""Replies that no good server gives, or that few do: each means something for its mail, and never more than it says."""

from collections.abc import Callable
from email import message_from_bytes

import pytest
from sqlalchemy import text

from services.notify.delivery.smtp_reuse import MAILS_A_CONNECTION
from tests.faults.notify.peer import CUT, Peer, Script
from tests.faults.notify.test_misbehaving_peer import address, agrees, gate, some_notes
from tests.integration.notify.notes import Notes, a_note

Peers = Callable[[Script], Peer]
Send = Callable[[Peer], int]


def suppressed(notes: Notes) -> list[str]:
    with notes.engine.connect() as connection:
        return list(connection.execute(text("select address from notify.suppressions")).scalars())


NO_REPLIES = [
    (stage, reply)
    for stage in ("MAIL", "RCPT", "DATA", "BODY")
    for reply in ("what?", " ", "354 go on", "199 hm", "999 no", "25", f"250-half{CUT}", f"2{CUT}")
    if (stage, reply) != ("DATA", "354 go on")
]


@pytest.mark.parametrize(("stage", "reply"), NO_REPLIES)
def test_what_is_no_reply_costs_a_mail_one_try_and_its_address_nothing(
    notes: Notes, peers: Peers, send_to: Send, stage: str, reply: str
) -> None:
    peer = peers(lambda at, recipient, n: reply if at == stage and peer.connections == 1 else None)
    some_notes(notes, 2)
    send_to(peer)
    agrees(notes, peer)
    assert set(notes.states()) <= {"sent", "deferred", "queued"}
    assert suppressed(notes) == []
    notes.due_now()
    send_to(peer)
    assert notes.states() == ["sent", "sent"]
    agrees(notes, peer)


def test_a_yes_to_data_is_no_yes_to_the_mail(notes: Notes, peers: Peers, send_to: Send) -> None:
    peer = peers(lambda stage, recipient, n: "250 ok" if stage == "DATA" else None)
    some_notes(notes, 1)
    send_to(peer)
    assert (notes.states(), peer.taken) == (["deferred"], [])


def test_replies_of_several_lines_without_text_and_beyond_ascii_are_understood(
    notes: Notes, peers: Peers, send_to: Send
) -> None:
    replies = {
        "CONNECT": "220-peer\r\n220-of åäö\r\n220 hello",
        "MAIL": "250",
        "RCPT": "251-will forward\r\n251 \udce5t n\udce5gon annan",
        "DATA": "354",
        "BODY": "250-taken\r\n250 \x1b[2Jkö 7",
    }
    peer = peers(lambda stage, recipient, n: replies.get(stage))
    some_notes(notes, 2)
    send_to(peer)
    assert notes.states() == ["sent", "sent"]
    agrees(notes, peer)
    assert {attempt["words"] for attempt in notes.attempts()} == {"taken [2Jkö 7"}


def test_a_server_that_takes_few_mails_a_connection_gets_all_over_several(
    notes: Notes, peers: Peers, send_to: Send
) -> None:
    peer = peers(
        lambda stage, recipient, n: (
            "421 enough" if stage == "MAIL" and len(peer.taken) == 2 * peer.connections else None
        )
    )
    some_notes(notes, 5)
    send_to(peer)
    assert notes.states() == ["sent"] * 5
    assert (gate(notes), peer.connections) == ("open", 3)
    agrees(notes, peer)


def test_a_server_that_changes_its_mind_in_mid_session_keeps_what_it_took(
    notes: Notes, peers: Peers, send_to: Send
) -> None:
    peer = peers(lambda stage, recipient, n: "550 not you" if stage == "MAIL" and len(peer.taken) == 2 else None)
    some_notes(notes, 4)
    send_to(peer)
    assert (sorted(notes.states()), gate(notes)) == (["queued", "queued", "sent", "sent"], "misconfigured")
    agrees(notes, peer)
    kind = peers(lambda stage, recipient, n: None)
    notes.due_now()
    send_to(kind)
    assert sorted(peer.taken + kind.taken) == sorted(email["message_id"] for email in notes.emails())


def test_a_connection_is_used_for_a_bounded_number_of_mails(notes: Notes, peers: Peers, send_to: Send) -> None:
    peer = peers(lambda stage, recipient, n: None)
    some_notes(notes, MAILS_A_CONNECTION + 1)
    while send_to(peer):
        pass
    agrees(notes, peer)
    assert len(peer.taken) == MAILS_A_CONNECTION + 1
    assert peer.most_on_one <= MAILS_A_CONNECTION


def test_a_refusal_without_a_word_is_one(notes: Notes, peers: Peers, send_to: Send) -> None:
    peer = peers(lambda stage, recipient, n: "550" if (stage, recipient) == ("RCPT", address(0)) else None)
    some_notes(notes, 2)
    send_to(peer)
    assert notes.states() == ["failed", "sent"]
    notes.arrive(a_note(address(0)))
    assert notes.states()[-1] == "suppressed"


def test_a_server_that_takes_one_command_at_a_time_gets_them_so(notes: Notes, peers: Peers, send_to: Send) -> None:
    replies = {"EHLO": "250 peer", ("RCPT", address(1)): "450 later", ("DATA", address(2)): "450 later"}
    peer = peers(lambda stage, recipient, n: replies.get(stage) or replies.get((stage, recipient)))
    some_notes(notes, 5)
    send_to(peer)
    assert notes.states() == ["sent", "deferred", "deferred", "sent", "sent"]
    assert peer.visits["DATA", address(1)] == 0
    agrees(notes, peer)


@pytest.mark.parametrize("refused", ["RCPT", "MAIL"])
def test_a_server_that_wants_the_body_of_a_mail_it_refused_gets_none(
    notes: Notes, peers: Peers, send_to: Send, refused: str
) -> None:
    """Commands that travel together are answered each; a careless server goes on after a refusal."""
    peer = peers(
        lambda stage, recipient, n: (
            "450 later"
            if stage == refused and len(peer.taken) == 1 and peer.connections == 1
            else {"RCPT": "250 ok", "DATA": "354 go"}.get(stage)
        )
    )
    some_notes(notes, 3)
    send_to(peer)
    assert notes.states() == ["sent", "deferred", "sent"]
    assert (len(peer.taken), peer.connections) == (2, 2)
    agrees(notes, peer)


POLICY = ["554 5.7.1 <x>: Relay access denied", "550 relay not permitted", "530 Authentication required"]


@pytest.mark.parametrize("reply", POLICY)
def test_one_recipient_refused_for_a_policy_is_not_suppressed(
    notes: Notes, peers: Peers, send_to: Send, reply: str
) -> None:
    peer = peers(lambda stage, recipient, n: reply if (stage, recipient) == ("RCPT", address(1)) else None)
    some_notes(notes, 3)
    send_to(peer)
    assert notes.states() == ["sent", "failed", "sent"]
    assert (suppressed(notes), gate(notes)) == ([], "open")


@pytest.mark.parametrize("reply", POLICY)
def test_a_server_that_relays_for_nobody_pauses_everything(
    notes: Notes, peers: Peers, send_to: Send, reply: str
) -> None:
    peer = peers(lambda stage, recipient, n: reply if stage == "RCPT" else None)
    some_notes(notes, 6)
    for _ in range(4):
        send_to(peer)
        assert gate(notes) == "misconfigured"
        notes.due_now()
    assert sorted(notes.states()) == ["failed", *["queued"] * 5]
    assert suppressed(notes) == []
    mended = peers(lambda stage, recipient, n: None)
    send_to(mended)
    assert (sorted(notes.states()), gate(notes)) == (["failed", *["sent"] * 5], "open")
    agrees(notes, mended)


def test_lines_that_begin_with_a_dot_arrive_as_they_are(notes: Notes, peers: Peers, send_to: Send) -> None:
    written = ".\n.hidden\n..\n. \nend.\n."
    peer = peers(lambda stage, recipient, n: None)
    some_notes(notes, 2)
    with notes.engine.begin() as connection:
        connection.execute(text("update notify.emails set text = :text"), {"text": written})
    send_to(peer)
    agrees(notes, peer)
    assert len(peer.bodies) == 2
    for body in peer.bodies:
        (plain,) = (part for part in message_from_bytes(body).walk() if part.get_content_type() == "text/plain")
        decoded = plain.get_payload(decode=True)
        assert isinstance(decoded, bytes)
        assert decoded.decode().replace("\r\n", "\n").removesuffix("\n") == written
