"""Under a backlog the next batch is leased while one is sent: what is not begun is returned, and nothing is sent twice."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, exc, text

from services.notify.delivery.prefetch import Prefetcher
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.delivery.sender import BATCH, PREFETCH_AT
from services.notify.settings import NotifySettings
from tests.faults.notify.conftest import mailing_to
from tests.faults.notify.ledger_checks import agrees, breaker, some_emails
from tests.faults.notify.peer import Peer, Script
from tests.integration.notify.ledger import Ledger

Peers = Callable[[Script], Peer]
Send = Callable[[Peer], int]

BACKLOG = 3 * BATCH
# After the next batch is prefetched, and before it is needed.
IN_BETWEEN = BATCH - PREFETCH_AT // 2


def test_a_backlog_is_sent_whole_and_once(ledger: Ledger, peers: Peers, send_to: Send) -> None:
    peer = peers(lambda stage, recipient, n: None)
    some_emails(ledger, BACKLOG)
    assert send_to(peer) == BACKLOG
    assert ledger.states() == ["sent"] * BACKLOG
    agrees(ledger, peer)


def test_the_prefetched_batch_is_returned_when_the_server_goes_away(
    ledger: Ledger, peers: Peers, send_to: Send
) -> None:
    peer = peers(lambda stage, recipient, n: "421 away" if len(peer.accepted) >= IN_BETWEEN else None)
    some_emails(ledger, BACKLOG)
    send_to(peer)
    assert breaker(ledger) == "outage"
    assert sorted(ledger.states()) == ["queued"] * (BACKLOG - IN_BETWEEN) + ["sent"] * IN_BETWEEN
    assert {email["attempts"] for email in ledger.emails() if email["state"] == "queued"} == {0}
    back = peers(lambda stage, recipient, n: None)
    ledger.due_now()
    send_to(back)
    assert sorted(peer.accepted + back.accepted) == sorted(email["message_id"] for email in ledger.emails())


def test_a_session_that_dies_while_it_leases_costs_the_run_and_no_mail(
    ledger: Ledger, peers: Peers, send_to: Send
) -> None:
    def dies(stage: str, recipient: str, n: int) -> None:
        if stage == "RCPT" and len(peer.accepted) == 5:
            with ledger.engine.begin() as connection:
                connection.execute(
                    text(
                        "select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle'"
                        " and datname = current_database() and query like '%order by not_before, id limit%'"
                    )
                )

    peer = peers(dies)
    some_emails(ledger, BACKLOG)
    assert send_to(peer) == BATCH
    assert sorted(ledger.states()) == ["queued"] * (BACKLOG - BATCH) + ["sent"] * BATCH
    send_to(peer)
    assert ledger.states() == ["sent"] * BACKLOG
    agrees(ledger, peer)


def test_a_sender_without_a_second_session_gives_its_slot_back(
    ledger: Ledger, peers: Peers, notify_settings: NotifySettings
) -> None:
    peer = peers(lambda stage, recipient, n: None)
    some_emails(ledger, 1)
    mailing = replace(mailing_to(notify_settings, peer.url), slots=1)
    narrow = create_engine(ledger.engine.url, pool_size=1, max_overflow=0, pool_timeout=0.2)
    with pytest.raises(exc.TimeoutError):
        send_due_emails(narrow, mailing, 20)
    assert send_due_emails(ledger.engine, mailing, 20) == 1
    narrow.dispose()
    agrees(ledger, peer)


def rename_table(ledger: Ledger, name: str, to: str) -> None:
    """Leasing reads the table notify.gate, and fails without it; outcomes are recorded all the same."""
    with ledger.engine.begin() as connection:
        connection.execute(text(f"alter table notify.{name} rename to {to}"))


def test_an_error_in_leasing_costs_no_outcome(ledger: Ledger, peers: Peers, send_to: Send) -> None:
    def break_it(stage: str, recipient: str, n: int) -> None:
        if stage == "RCPT" and len(peer.accepted) == 5:
            rename_table(ledger, "gate", to="no_gate")

    peer = peers(break_it)
    some_emails(ledger, BACKLOG)
    try:
        with pytest.raises(exc.ProgrammingError):
            send_to(peer)
    finally:
        rename_table(ledger, "no_gate", to="gate")
    assert sorted(ledger.states()) == ["queued"] * (BACKLOG - BATCH) + ["sent"] * BATCH
    send_to(peer)
    assert ledger.states() == ["sent"] * BACKLOG
    agrees(ledger, peer)


def test_an_error_in_prefetching_a_batch_that_is_not_needed_is_ignored(ledger: Ledger) -> None:
    some_emails(ledger, 1)
    prefetcher = Prefetcher(ledger.engine, 1, 600)
    rename_table(ledger, "gate", to="no_gate")
    try:
        prefetcher.prefetch(1)
        assert list(prefetcher.close()) == []
    finally:
        rename_table(ledger, "no_gate", to="gate")
    assert ledger.states() == ["queued"]
