"""The whole system, as `make run` starts it, for tests that walk through it from outside.

stack   (session) the parsed stack.json (contract.md, "Commands and the local stack") of a running `python -m local`;
        `stack["pids"]`, `stack["intake_url"]`, `stack["admin"]["token"]`, `stack["agents"]["ads"]` …
        One stack serves all pytest-xdist workers of a run; tests must not count on being alone in it, nor stop it.
        Limits are off (VIDARE_LIMIT_* empty) so that no test uses up another's.
"""

import contextlib
import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from local.ports import in_use
from tests.servers_of_a_run import ROOT, run_of, to_end

START_WITHIN = 180.0  # seconds; two cores may be busy with the other tests
LIMITS = ("SUBMISSIONS", "NOTES", "FOLLOW_UPS", "LOGINS", "REFUSED", "ACKNOWLEDGEMENTS")
# Ports below those that the kernel gives to outgoing connections (32768 and up), 20 apart as contract.md has it.
BASES = range(20_000, 32_000, 20)
HIGHEST_OFFSET = 14


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> dict[str, Any]:
    folder, watch = run_of(request.config)
    home = folder / "stack"
    with (folder / "stack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "stack.json").exists():
            _start(home, folder / "stack.log", watch)
    told: dict[str, Any] = json.loads((home / "stack.json").read_text())
    return told


def _start(home: Path, log: Path, watch: int) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIDARE_")}
    environment |= {f"VIDARE_LIMIT_{name}": "" for name in LIMITS}
    environment |= {"VIDARE_HOME": str(home), "VIDARE_BASE_PORT": str(_free_base())}
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.ending_with", str(watch), sys.executable, "-m", "local"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    to_end(home.parent, process.pid)
    deadline = time.monotonic() + START_WITHIN
    while "\nready\n" not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)
            pytest.fail(f"the stack did not start:\n{log.read_text()}", pytrace=False)
        time.sleep(0.1)


def _free_base() -> int:
    for base in random.sample(BASES, 50):
        if not any(in_use("127.0.0.1", base + offset) for offset in range(HIGHEST_OFFSET + 1)):
            return base
    pytest.fail("no fifteen free ports in a row")
