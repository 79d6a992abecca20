"""A stack of its own, started as `make run` starts it."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import psycopg

from local.ports import free_base
from shared.runtime.parent_death import end_with_parent

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN, STOP_WITHIN = 240.0, 40.0  # seconds
LIMITS = ("SUBMISSIONS", "NOTES", "FOLLOW_UPS", "LOGINS", "REFUSED", "ACKNOWLEDGEMENTS", "QUICK_FORMS")
RUNNER = "the runner"


class WholeStack:
    """A running stack. `started_in`: seconds from its start to `ready`."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path, started_in: float) -> None:
        self.process, self.folder, self.started_in = process, folder, started_in
        self._told: dict[str, Any] = json.loads((folder / "stack.json").read_text())
        self.port = int(self._told["intake_url"].rpartition(":")[2])

    @property
    def maildir(self) -> Path:
        return Path(self._told["maildir"])

    @property
    def database_url(self) -> str:
        return str(self._told["database_url"])

    def database(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A new connection that commits each statement."""
        return psycopg.connect(self.database_url, autocommit=True)

    def families(self) -> Mapping[str, list[psutil.Process]]:
        """Each process of stack.json with its descendants, names that share a process joined; and the runner."""
        names: dict[int, list[str]] = {}
        for name, pid in self._told["pids"].items():
            names.setdefault(int(pid), []).append(name)
        found = {" + ".join(named): _family(pid) for pid, named in names.items()}
        found_pids = {each.pid for family in found.values() for each in family}
        rest = [each for each in _family(self.process.pid) if each.pid not in found_pids]
        return {**found, RUNNER: rest}


@contextmanager
def whole_stack(folder: Path | None = None, **settings: str) -> Iterator[WholeStack]:
    """Start one in `folder` (default: a new one), without limits; stop it with the block. Raises RuntimeError with its output."""
    with tempfile.TemporaryDirectory(prefix="vidare-whole-") as made:
        directory = folder or Path(made)
        log = directory / "whole.log"
        directory.mkdir(parents=True, exist_ok=True)
        begun = time.monotonic()
        process = _start(directory, log, settings)
        try:
            _wait_until_ready(process, log)
            yield WholeStack(process, directory, time.monotonic() - begun)
        finally:
            process.terminate()
            try:
                process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(directory: Path, log: Path, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("VIDARE_")}
    given |= {f"VIDARE_LIMIT_{name}": "" for name in LIMITS}
    given |= {"VIDARE_HOME": str(directory), "VIDARE_BASE_PORT": str(free_base()), **settings}
    with log.open("w") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "local"],
            cwd=ROOT,
            env=given,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=partial(end_with_parent, 15, os.getpid()),
        )


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while "\nready\n" not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the stack did not start:\n{log.read_text()}")
        time.sleep(0.02)


def _family(pid: int) -> list[psutil.Process]:
    try:
        leader = psutil.Process(pid)
        return [leader, *leader.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
