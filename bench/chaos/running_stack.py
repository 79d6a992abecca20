"""A stack of its own, started as `make run` starts it, with proxies before its store and its mail sink."""

import json
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import psycopg

from bench.chaos.proxies.mail_proxy import MailProxy
from bench.chaos.proxies.proxy import Proxy
from bench.chaos.proxies.store_proxy import StoreProxy
from bench.chaos.stack import proxied
from shared.runtime.parent_death import end_with_parent
from shared.settings import PlatformSettings, read
from shared.storage.object_store import ObjectStore

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN = 240.0  # seconds; a busy machine
STOP_WITHIN = 40.0  # seconds; a stack may take 30
# One machine sends everything: with limits per network and address the run would measure only those.
LIMITS = ("SUBMISSIONS", "NOTES", "FOLLOW_UPS", "LOGINS", "REFUSED", "ACKNOWLEDGEMENTS", "QUICK_FORMS")
# The workers' names in stack.json.
WORKERS = ("worker-intake", "worker-triage", "worker-teams", "worker-notify", "worker-slow")


class RunningStack:
    """`python -m MODULE`, started in `folder` with the ports from `base` on. Start and stop it in the main thread."""

    def __init__(self, folder: Path, base: int, module: str) -> None:
        ports = proxied(base)
        self.proxies: dict[str, Proxy] = {
            "s3": StoreProxy(*ports["s3"]),
            "smtp-sink": MailProxy(*ports["smtp-sink"]),
        }
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "stack.log"
        given = {name: value for name, value in os.environ.items() if not name.startswith("VIDARE_")}
        given |= {f"VIDARE_LIMIT_{name}": "" for name in LIMITS}
        given |= {"VIDARE_HOME": str(folder), "VIDARE_BASE_PORT": str(base), "VIDARE_LOG_LEVEL": "warning"}
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=ROOT,
                env=given,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=partial(end_with_parent, 15, os.getpid()),
            )

    def wait_until_ready(self) -> None:
        """Return when it serves. Raises RuntimeError with its log if it does not."""
        deadline = time.monotonic() + START_WITHIN
        while "\nready\n" not in self._log.read_text():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the stack did not start:\n{self._log.read_text()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop it, and return when it has ended."""
        for proxy in self.proxies.values():
            proxy.close()
        self._process.terminate()
        try:
            self._process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def told(self) -> dict[str, Any]:
        """The current stack.json."""
        described: dict[str, Any] = json.loads((self.folder / "stack.json").read_text())
        return described

    def has(self, name: str) -> bool:
        """Whether it has a process of this name."""
        return name in self.told["pids"]

    def pid(self, name: str) -> int:
        return int(self.told["pids"][name])

    def family(self, name: str) -> list[psutil.Process]:
        """The process of this name and its descendants; empty while it is down."""
        try:
            leader = psutil.Process(self.pid(name))
            return [leader, *leader.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def database(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A new connection that commits each statement. Raises psycopg.OperationalError while Postgres is down."""
        return psycopg.connect(self.told["database_url"], autocommit=True, connect_timeout=3)

    def store(self) -> ObjectStore:
        lines = (self.folder / "environment").read_text().splitlines()
        return ObjectStore(read(PlatformSettings, dict(line.split("=", 1) for line in lines)))
