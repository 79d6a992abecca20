"""`python -m local` as a whole: what it writes, that every process comes back, and that nothing stays behind."""

import os
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from local.ports import free_base
from shared.runtime.processes import PROCESSES
from tests import running_stack
from tests.polling import eventually

SERVERS = ["postgres", "redis", "s3", "smtp-sink"]
PARTS = {*SERVERS, *(each.name for each in PROCESSES)}


def serves(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def replaced(folder: Path, name: str, pid: int) -> Callable[[], bool]:
    return lambda: running_stack.told(folder)["pids"][name] != pid


def gone(processes: list[psutil.Process]) -> Callable[[], bool]:
    return lambda: not [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.xdist_group("whole-stack")
def test_the_stack_heals_survives_its_own_death_keeps_its_data_and_stops_clean(tmp_path: Path) -> None:
    folder, base = tmp_path / "folder", free_base()
    runner = running_stack.start(folder, base, os.getpid(), {})
    first = running_stack.told(folder)
    assert set(first["pids"]) == PARTS
    assert first["intake_url"] == f"http://127.0.0.1:{base}"
    assert set(first["agents"]) == {"account", "business", "ads", "billing"}
    assert (folder / "stack.json").stat().st_mode & 0o777 == 0o600

    for name, pid in first["pids"].items():
        os.kill(pid, 9)
        eventually(replaced(folder, name, pid))
    for service in ("intake_url", "triage_url", "notify_url", "live_url"):
        eventually(lambda url=first[service]: serves(url))  # type: ignore[misc]

    # A runner that is killed takes everybody along, and the next start does not stumble over what it left.
    everybody = running_stack.everybody(folder)
    (python,) = psutil.Process(runner.pid).children()
    python.kill()
    runner.wait()
    eventually(gone(everybody))

    again = running_stack.start(folder, base, os.getpid(), {})
    second = running_stack.told(folder)
    assert (second["admin"], second["agents"]) == (first["admin"], first["agents"])
    everybody = running_stack.everybody(folder)
    asked = time.monotonic()
    again.terminate()
    assert again.wait(30) == 0
    assert time.monotonic() - asked < 30
    assert gone(everybody)()
