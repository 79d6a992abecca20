"""A sender that dies, freezes or loses PostgreSQL: nothing is lost, and sent twice only where the promise allows it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from local.servers.server import Server
from services.notify.delivery.mailing import make_mailing
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.delivery.sender import BATCH
from services.notify.settings import NotifySettings
from shared.settings import read
from shared.storage.database import make_engine
from shared.storage.migrate import migrate
from tests.faults.notify.conftest import mailing_to
from tests.faults.notify.peer import Peer, Script
from tests.integration.notify.ledger import Ledger, submission
from tests.polling import eventually

Peers = Callable[[Script], Peer]
Send = Callable[[Peer], int]
Start = Callable[..., "subprocess.Popen[bytes]"]
LEASE = 10  # seconds; a frozen sender is observed for two
ROOT = Path(__file__).parents[3]


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Start]:
    """Starts a sender in a process of its own; VIDARE_… as keywords."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(peer: Peer, **variables: str) -> "subprocess.Popen[bytes]":
        env = {**os.environ, **environment, "VIDARE_SMTP_URL": peer.url, **variables}
        command = [sys.executable, "-m", "tests.faults.notify.sending_process", "20", str(LEASE)]
        started.append(subprocess.Popen(command, env=env, cwd=ROOT))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()


def kind(stage: str, recipient: str, n: int) -> None:
    return None


def sent_all(ledger: Ledger, peer: Peer, send_to: Send) -> bool:
    send_to(peer)
    return set(ledger.states()) == {"sent"}


def test_a_living_but_frozen_sender_is_not_overtaken_before_its_lease_ends(
    ledger: Ledger, peers: Peers, send_to: Send, start: Start
) -> None:
    stopped: list[subprocess.Popen[bytes]] = []

    def freeze_in_body(stage: str, recipient: str, n: int) -> None:
        if stage == "RCPT" and not stopped:
            stopped.append(process)
            os.kill(process.pid, signal.SIGSTOP)

    peer = peers(freeze_in_body)
    ledger.arrive(submission("one@example.com"))
    process = start(peer)
    eventually(lambda: stopped)
    until = time.monotonic() + LEASE / 5
    eventually(lambda: send_to(peer) == 0 and time.monotonic() > until, every=0.3)
    assert ledger.states() == ["sending"]
    eventually(lambda: sent_all(ledger, peer, send_to))
    os.kill(process.pid, signal.SIGCONT)
    assert process.wait(60) == 0
    assert len(peer.accepted) == 1, "the e-mail was no longer its own"


def end_all_sessions(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"  # waits for each to be gone
            " where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
        )


@pytest.mark.parametrize(("stage", "tries"), [("RCPT", 2), ("BODY", 1)])
def test_a_lost_session_never_doubles_a_mail(
    engine: Engine,
    ledger: Ledger,
    peers: Peers,
    notify_settings: NotifySettings,
    database_url: str,
    stage: str,
    tries: int,
) -> None:
    ended: list[str] = []

    def cut(at: str, recipient: str, n: int) -> None:
        if at == stage and not ended:
            ended.append(at)
            end_all_sessions(database_url)

    peer = peers(cut)
    # Ending sessions takes long on a busy machine, and must not look like a silent server.
    mailing = make_mailing(replace(notify_settings, smtp_url=peer.url))

    def send(_: Peer) -> int:
        return send_due_emails(engine, mailing, 20)

    ledger.arrive(submission("one@example.com"))
    eventually(lambda: sent_all(ledger, peer, send), every=0.2)
    assert len(peer.accepted) == 1
    assert peer.visits["RCPT", "one@example.com"] == tries


def test_an_outcome_is_kept_while_postgres_is_away(
    own_postgres: Server, environment: dict[str, str], peers: Peers
) -> None:
    migrate(own_postgres.url.replace("postgresql://", "postgresql+psycopg://"))
    settings = read(NotifySettings, {**environment, "VIDARE_DATABASE_URL": own_postgres.url})
    engine = make_engine(settings, application="tests")
    ledger = Ledger(engine, settings)

    def stop_after_body(stage: str, recipient: str, n: int) -> None:
        if stage == "BODY" and recipient == "one@example.com":
            own_postgres.kill()

    peer = peers(stop_after_body)
    ledger.arrive(submission("one@example.com"), submission("two@example.com"))
    sender = threading.Thread(target=send_due_emails, args=(engine, mailing_to(settings, peer.url), 20))
    sender.start()
    eventually(lambda: peer.accepted)
    own_postgres.start()
    sender.join(60)
    assert ledger.states() == ["sent", "sending"], (
        "the known outcome is recorded; what was not begun is no longer its own"
    )
    eventually(lambda: send_due_emails(engine, mailing_to(settings, peer.url), 20), every=0.2)
    assert ledger.states() == ["sent", "sent"]
    assert len(peer.accepted) == 2
    assert [email["attempts"] for email in ledger.emails()] == [1, 1]
    engine.dispose()


def test_two_senders_at_once_share_the_work(
    engine: Engine, ledger: Ledger, peers: Peers, notify_settings: NotifySettings
) -> None:
    peer = peers(kind)
    ledger.arrive(*(submission(f"requester{number}@example.com") for number in range(40)))
    barrier = threading.Barrier(4)

    def send() -> None:
        barrier.wait()
        send_due_emails(engine, mailing_to(notify_settings, peer.url), 20)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(peer.accepted) == sorted(email["message_id"] for email in ledger.emails())
    assert peer.connections <= notify_settings.smtp_connections


def test_killed_under_a_backlog_only_what_was_on_its_way_is_doubled(
    ledger: Ledger, peers: Peers, send_to: Send, start: Start
) -> None:
    killed: list[int] = []

    def kill_in_mid_batch(stage: str, recipient: str, n: int) -> None:
        if stage == "BODY" and len(peer.accepted) == 30 and not killed:
            killed.append(process.pid)
            process.kill()

    peer = peers(kill_in_mid_batch)
    ledger.arrive(*(submission(f"requester{number}@example.com") for number in range(60)))
    process = start(peer)
    eventually(lambda: killed)
    eventually(lambda: sent_all(ledger, peer, send_to), every=0.2)
    identities = [email["message_id"] for email in ledger.emails()]
    assert set(peer.accepted) == set(identities)
    assert len(peer.accepted) - len(identities) <= BATCH


def test_what_was_leased_but_not_begun_is_there_for_others_at_once(
    engine: Engine, ledger: Ledger, peers: Peers, notify_settings: NotifySettings
) -> None:
    peer = peers(lambda stage, recipient, n: "421 enough" if stage == "MAIL" and len(peer.accepted) == 3 else None)
    ledger.arrive(*(submission(f"requester{number}@example.com") for number in range(20)))
    send_due_emails(engine, mailing_to(notify_settings, peer.url), 20)
    assert sorted(ledger.states()) == ["queued"] * 17 + ["sent"] * 3
