"""The servers that the tests of one run share: started by the first that needs one, ended when the run ends.

PostgreSQL and the store are one for all pytest-xdist workers, started by a process of their own
(`python -m local.servers`), which ends by itself should the run be killed. Redis and the SMTP sink are cheap: each
worker has its own, so that FLUSHALL or an emptied mailbox disturbs no other test.
"""

import contextlib
import fcntl
import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from local.ports import free_ports
from local.servers import mail_sink, redis
from local.servers.server import Server

ROOT = Path(__file__).parents[1]
REDIS_PASSWORD = "test-password"
START_WITHIN = 60.0  # seconds; a cold disk on a busy machine
END_WITHIN = 35.0  # seconds; a whole stack may take 30


@dataclass(frozen=True)
class Servers:
    """What runs, as addresses; `redis` and `mail` are this worker's own."""

    database_url: str
    s3_url: str
    s3_access_key: str
    s3_secret_key: str
    s3_bucket: str
    redis: Server
    mail: Server
    maildir: Path


RUN = pytest.StashKey[tuple[Path, int]]()


def run_of(config: pytest.Config) -> tuple[Path, int]:
    """The run's folder, and the pid with whose end everything of the run ends."""
    return config.stash[RUN]


def run_folder() -> Path:
    """A new folder for one run; short, in the system's temporary folder."""
    return Path(tempfile.mkdtemp(prefix="vidare-test-"))


def shared_servers(run: Path, owner: int) -> dict[str, Any]:
    """What `python -m local.servers` wrote, started if no other worker did; it ends with the process `owner`."""
    told = run / "servers.json"
    with (run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            _start_shared(run, owner, told)
    description: dict[str, Any] = json.loads(told.read_text())
    return description


def _start_shared(run: Path, owner: int, told: Path) -> None:
    buckets = [word for number in range(16) for word in ("--bucket", f"test-gw{number}")]
    with (run / "servers.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.servers", str(run), "--owner", str(owner), "--bucket", "test-main", *buckets],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    to_end(run, process.pid)
    deadline = time.monotonic() + START_WITHIN
    while not told.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the servers did not start: {(run / 'servers.log').read_text()}")
        time.sleep(0.05)


def start_for_worker(run: Path, owner: int, worker: str) -> Servers:
    """Everything a pytest process needs, its own Redis and sink included."""
    shared = shared_servers(run, owner)
    folder = run / worker
    redis_port, mail_port = free_ports(2)
    own_redis = redis.start(folder, redis_port, password=REDIS_PASSWORD)
    own_mail = mail_sink.start(folder, mail_port)
    store = shared["s3"]
    return Servers(
        database_url=shared["database_url"],
        s3_url=store["endpoint"],
        s3_access_key=store["access_key"],
        s3_secret_key=store["secret_key"],
        s3_bucket=f"test-{worker}",
        redis=own_redis,
        mail=own_mail,
        maildir=mail_sink.maildir(folder),
    )


def to_end(run: Path, pid: int) -> None:
    """Remember a process that is to be ended with the run."""
    with (run / "pids").open("a") as file:
        file.write(f"{pid}\n")


def end_run(run: Path) -> None:
    """End the processes of `run`, wait until they are gone, and delete its folder."""
    told = run / "pids"
    pids = [int(line) for line in told.read_text().split()] if told.exists() else []
    running = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    for process in running:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    deadline = time.monotonic() + END_WITHIN
    while any(_runs(process) for process in running) and time.monotonic() < deadline:
        time.sleep(0.05)
    shutil.rmtree(run, ignore_errors=True)


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
