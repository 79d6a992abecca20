"""The servers that the tests of one run share: started by the first that needs one, ended when the run ends.

PostgreSQL and the store are one for all pytest-xdist workers, started by a process of their own
(`python -m local.servers`), which ends by itself should the run be killed. Redis and the SMTP sink are cheap: each
worker has its own, so that FLUSHALL or an emptied mailbox disturbs no other test.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from local.ports import free_ports
from local.servers import mail_sink, redis
from local.servers.server import Server

ROOT = Path(__file__).parents[1]
REDIS_PASSWORD = "test-password"
START_WITHIN = 60.0  # seconds; a cold disk on a busy machine


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


def run_folder() -> Path:
    """A new folder for one run; short, in the system's temporary folder."""
    return Path(tempfile.mkdtemp(prefix="vidare-test-"))


def shared_servers(run: Path, watch: int) -> dict[str, Any]:
    """What `python -m local.servers` wrote, started if no other worker did; it ends with the process `watch`."""
    told = run / "servers.json"
    with (run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            _start_shared(run, watch, told)
    description: dict[str, Any] = json.loads(told.read_text())
    return description


def _start_shared(run: Path, watch: int, told: Path) -> None:
    buckets = [word for number in range(16) for word in ("--bucket", f"test-gw{number}")]
    with (run / "servers.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.servers", str(run), "--watch", str(watch), "--bucket", "test-main", *buckets],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_WITHIN
    while not told.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the servers did not start: {(run / 'servers.log').read_text()}")
        time.sleep(0.05)


def start_for_worker(run: Path, watch: int, worker: str) -> Servers:
    """Everything a pytest process needs, its own Redis and sink included."""
    shared = shared_servers(run, watch)
    home = run / worker
    redis_port, mail_port = free_ports(2)
    own_redis = redis.start(home, redis_port, password=REDIS_PASSWORD)
    own_mail = mail_sink.start(home, mail_port)
    store = shared["s3"]
    return Servers(
        database_url=shared["database_url"],
        s3_url=store["endpoint"],
        s3_access_key=store["access_key"],
        s3_secret_key=store["secret_key"],
        s3_bucket=f"test-{worker}",
        redis=own_redis,
        mail=own_mail,
        maildir=mail_sink.maildir(home),
    )


def end_run(run: Path) -> None:
    """End the shared servers of `run`, wait until they are gone, and delete its folder."""
    told = run / "servers.json"
    if told.exists():
        pid = int(json.loads(told.read_text())["pid"])
        if psutil.pid_exists(pid):
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + 20
            while _runs(pid) and time.monotonic() < deadline:
                time.sleep(0.05)
    shutil.rmtree(run, ignore_errors=True)


def _runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
