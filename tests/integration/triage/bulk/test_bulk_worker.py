"""Bulks in the slow worker itself: beside pictures to re-encode, and after a kill."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.integration.triage.bulk.conftest import Bulks
from tests.integration.triage.conftest import Caller, Triage
from tests.integration.triage.uploads.conftest import decoders, store, upload  # noqa: F401
from tests.our_processes import our_processes
from tests.polling import eventually
from tests.samples import files
from tests.servers_of_a_run import ROOT

REPLY = {"kind": "reply", "message": "Try again.", "then": "keep"}
MANY = 6_000
COPIES = """
    insert into triage.tickets (reference, team, state, category, priority, tags, message, email, details, missing_evidence,
        key_number, correlation_id, created_at, ruleset, facts, decision)
    select 'R-' || n, team, state, category, priority, tags, message, email, details, missing_evidence, key_number, correlation_id,
        created_at, ruleset, facts, decision from triage.tickets, generate_series(1, :copies) n
"""
OF_BULK = """
    insert into triage.bulk_tickets (bulk, number, ticket)
    select b.id, 1 + row_number() over (order by reference), reference from triage.bulks b, triage.tickets where reference like 'R-%'
"""


def _bulk_of_many(ads: Caller, triage: Triage, bulks: Bulks, copies: int) -> str:
    bulk = bulks.start(ads, [triage.submit()], REPLY)
    triage.rows(COPIES, copies=copies)
    triage.rows(OF_BULK)
    triage.rows("update triage.bulks set total = :total", total=copies + 1)
    return bulk


def test_a_picture_is_re_encoded_while_a_bulk_runs(
    environment: dict[str, str],
    redis_url: str,
    ads: Caller,
    triage: Triage,
    bulks: Bulks,
    store: object,  # noqa: F811
    tmp_path: Path,
) -> None:
    _bulk_of_many(ads, triage, bulks, MANY)
    with our_processes(environment, tmp_path, "worker-slow", "beat"):
        eventually(lambda: triage.rows("select done from triage.bulks where done > 0"))
        picture = upload(ads, "a.png", files.png())
        clean = "select 1 from triage.uploads where id = :id and state = 'clean'"
        eventually(lambda: triage.rows(clean, id=picture))
        assert triage.rows("select state from triage.bulks")[0].state == "running"


def test_a_killed_worker_doubles_and_loses_nothing(
    environment: dict[str, str], redis_url: str, ads: Caller, triage: Triage, bulks: Bulks, tmp_path: Path
) -> None:
    bulk = _bulk_of_many(ads, triage, bulks, 300)
    env = {**os.environ, **environment, "VIDARE_HEARTBEATS": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.integration.triage.bulk.run_bulk", bulk]
    worker = subprocess.Popen(command, env=env, cwd=ROOT)
    eventually(lambda: triage.rows("select done from triage.bulks where done > 0"))
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    bulks.run(bulk)
    times = triage.rows("select count(*) as times from events.log where type = 'TicketAnswered' group by ticket")
    assert [row.times for row in times] == [1] * 301
    assert triage.rows("select status, count(*) from triage.bulk_tickets group by status") == [("done", 301)]
