"""A stack of its own, started as `make run` starts it."""

import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg

from bench.harness.stack_program import StackProgram
from local.ports import free_base

RUNNER = "the runner"


class WholeStack:
    """A running stack. `started_in`: seconds from its start to `ready`."""

    def __init__(self, pid: int, folder: Path, started_in: float) -> None:
        self._pid, self.folder, self.started_in = pid, folder, started_in
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
        rest = [each for each in _family(self._pid) if each.pid not in found_pids]
        return {**found, RUNNER: rest}


@contextmanager
def whole_stack(folder: Path | None = None, **settings: str) -> Iterator[WholeStack]:
    """Start one in `folder` (default: a new one), without limits; stop it with the block. Raises RuntimeError with its output."""
    with tempfile.TemporaryDirectory(prefix="vidare-whole-") as made:
        directory = folder or Path(made)
        begun = time.monotonic()
        program = StackProgram(directory, free_base(), "local", settings)
        try:
            program.wait_until_ready()
            yield WholeStack(program.pid, directory, time.monotonic() - begun)
        finally:
            program.stop()


def _family(pid: int) -> list[psutil.Process]:
    try:
        leader = psutil.Process(pid)
        return [leader, *leader.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
