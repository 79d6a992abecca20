"""A whole local stack, started as `make run` starts it, for tests."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from tests.servers_of_a_run import ROOT

START_WITHIN = 240.0  # seconds; two cores may be busy with the other tests


def start(folder: Path, base: int, owner: int, variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a stack and return when it prints `ready`. It ends on SIGTERM, or when the process `owner` is gone.

    Raises RuntimeError with what it said when it does not get there.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIDARE_")}
    environment |= {"VIDARE_HOME": str(folder), "VIDARE_BASE_PORT": str(base), **variables}
    log = folder.with_suffix(".log")
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.ending_with", str(owner), sys.executable, "-m", "local"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_WITHIN
    while "\nready\n" not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            process.terminate()
            process.wait()
            raise RuntimeError(f"the stack did not start:\n{log.read_text()}")
        time.sleep(0.1)
    return process


def told(folder: Path) -> dict[str, Any]:
    """The stack.json of now."""
    described: dict[str, Any] = json.loads((folder / "stack.json").read_text())
    return described


def everybody(folder: Path) -> list[psutil.Process]:
    """Every process of the stack, children included."""
    leaders = [psutil.Process(pid) for pid in told(folder)["pids"].values()]
    return [*leaders, *(child for leader in leaders for child in leader.children(recursive=True))]
