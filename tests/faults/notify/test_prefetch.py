"""Under a backlog the next handful is taken while one is sent: what was taken and not begun goes back, and nothing is sent twice."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, exc, text

from services.notify.delivery.prefetch import Supply
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.delivery.sender import HANDFUL, TAKE_AHEAD_AT
from services.notify.settings import NotifySettings
from tests.faults.notify.conftest import mailing_to
from tests.faults.notify.peer import Peer, Script
from tests.faults.notify.test_misbehaving_peer import agrees, gate, some_notes
from tests.integration.notify.notes import Notes

Peers = Callable[[Script], Peer]
Send = Callable[[Peer], int]

BACKLOG = 3 * HANDFUL
# The one after the next hand was asked for, and before it is needed.
IN_BETWEEN = HANDFUL - TAKE_AHEAD_AT // 2


def test_a_backlog_is_sent_whole_and_once(notes: Notes, peers: Peers, send_to: Send) -> None:
    peer = peers(lambda stage, recipient, n: None)
    some_notes(notes, BACKLOG)
    assert send_to(peer) == BACKLOG
    assert notes.states() == ["sent"] * BACKLOG
    agrees(notes, peer)


def test_the_hand_taken_ahead_goes_back_when_the_server_goes_away(notes: Notes, peers: Peers, send_to: Send) -> None:
    peer = peers(lambda stage, recipient, n: "421 away" if len(peer.taken) >= IN_BETWEEN else None)
    some_notes(notes, BACKLOG)
    send_to(peer)
    assert gate(notes) == "outage"
    assert sorted(notes.states()) == ["queued"] * (BACKLOG - IN_BETWEEN) + ["sent"] * IN_BETWEEN
    assert {email["attempts"] for email in notes.emails() if email["state"] == "queued"} == {0}
    back = peers(lambda stage, recipient, n: None)
    notes.due_now()
    send_to(back)
    assert sorted(peer.taken + back.taken) == sorted(email["message_id"] for email in notes.emails())


def test_a_session_that_dies_while_it_takes_costs_the_run_and_no_mail(
    notes: Notes, peers: Peers, send_to: Send
) -> None:
    def dies(stage: str, recipient: str, n: int) -> None:
        if stage == "RCPT" and len(peer.taken) == 5:
            with notes.engine.begin() as connection:
                connection.execute(
                    text(
                        "select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle'"
                        " and datname = current_database() and query like '%order by not_before, id limit%'"
                    )
                )

    peer = peers(dies)
    some_notes(notes, BACKLOG)
    assert send_to(peer) == HANDFUL
    assert sorted(notes.states()) == ["queued"] * (BACKLOG - HANDFUL) + ["sent"] * HANDFUL
    send_to(peer)
    assert notes.states() == ["sent"] * BACKLOG
    agrees(notes, peer)


def test_a_sender_without_a_second_session_gives_its_slot_back(
    notes: Notes, peers: Peers, notify_settings: NotifySettings
) -> None:
    peer = peers(lambda stage, recipient, n: None)
    some_notes(notes, 1)
    mailing = replace(mailing_to(notify_settings, peer.url), slots=1)
    narrow = create_engine(notes.engine.url, pool_size=1, max_overflow=0, pool_timeout=0.2)
    with pytest.raises(exc.TimeoutError):
        send_due_emails(narrow, mailing, 20)
    assert send_due_emails(notes.engine, mailing, 20) == 1
    narrow.dispose()
    agrees(notes, peer)


def rename_table(notes: Notes, name: str, to: str) -> None:
    """What is taken by reading the gate cannot be taken without it; outcomes are written all the same."""
    with notes.engine.begin() as connection:
        connection.execute(text(f"alter table notify.{name} rename to {to}"))


def test_a_fault_in_taking_costs_no_outcome(notes: Notes, peers: Peers, send_to: Send) -> None:
    def break_it(stage: str, recipient: str, n: int) -> None:
        if stage == "RCPT" and len(peer.taken) == 5:
            rename_table(notes, "gate", to="no_gate")

    peer = peers(break_it)
    some_notes(notes, BACKLOG)
    try:
        with pytest.raises(exc.ProgrammingError):
            send_to(peer)
    finally:
        rename_table(notes, "no_gate", to="gate")
    assert sorted(notes.states()) == ["queued"] * (BACKLOG - HANDFUL) + ["sent"] * HANDFUL
    send_to(peer)
    assert notes.states() == ["sent"] * BACKLOG
    agrees(notes, peer)


def test_a_fault_in_taking_that_nobody_asks_for_any_more_is_none(notes: Notes) -> None:
    some_notes(notes, 1)
    supply = Supply(notes.engine, 1, 600)
    rename_table(notes, "gate", to="no_gate")
    try:
        supply.take_ahead(1)
        assert list(supply.close()) == []
    finally:
        rename_table(notes, "no_gate", to="gate")
    assert notes.states() == ["queued"]
