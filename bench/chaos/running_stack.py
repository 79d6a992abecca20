"""A stack of its own, started as `make run` starts it, with proxies before its store and its mail sink."""

import json
from pathlib import Path
from typing import Any

import psutil
import psycopg

from bench.chaos.proxies.mail_proxy import MailProxy
from bench.chaos.proxies.proxy import Proxy
from bench.chaos.proxies.store_proxy import StoreProxy
from bench.chaos.stack import proxied
from bench.harness.stack_program import StackProgram
from shared.settings import PlatformSettings, read
from shared.storage.object_store import ObjectStore

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
        self._program = StackProgram(folder, base, module, {"VIDARE_LOG_LEVEL": "warning"})

    def wait_until_ready(self) -> None:
        """Return when it serves. Raises RuntimeError with its log if it does not."""
        try:
            self._program.wait_until_ready()
        except RuntimeError:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it, and return when it has ended."""
        for proxy in self.proxies.values():
            proxy.close()
        self._program.stop()

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
