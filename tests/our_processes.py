"""Processes of ours on the servers of a test."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.servers_of_a_run import ROOT


@contextmanager
def our_processes(environment: Mapping[str, str], folder: Path, *names: str) -> Iterator[None]:
    """Run the named processes (shared.runtime.processes) while the block runs; they write to `folder`/log."""
    env = {**os.environ, **environment, "VIDARE_HEARTBEATS": str(folder), "PYTHONPATH": str(ROOT)}
    with (folder / "log").open("wb") as log:
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "shared.runtime.serve", name], env=env, cwd=ROOT, stdout=log, stderr=log
            )
            for name in names
        ]
        try:
            yield
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(30)
