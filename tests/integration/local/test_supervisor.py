"""A process that dies is started again, one that cannot live is given time, and stopping leaves nobody."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local.ports import free_ports
from local.process import LOG_LIMIT, POLL, Launch, Process
from local.servers import redis
from local.supervisor import Supervisor
from tests.polling import eventually

SLEEPER = "import time; time.sleep(600)"
# A child of its own that does not listen to SIGTERM, as a worker in the middle of something may.
STUBBORN_PARENT = f"""
import subprocess, sys, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.run([sys.executable, "-c", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"])
"""


class Told:
    """What the supervisor said, and how often a pid was new."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.changes = 0

    def changed(self) -> None:
        self.changes += 1


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def supervisor(told: Told) -> Iterator[Supervisor]:
    made = Supervisor(told.lines.append, told.changed)
    yield made
    made.stop(list(made.pids()), within=0)


def started(supervisor: Supervisor, folder: Path, script: str, name: str = "sleeper") -> Process:
    command = (sys.executable, "-c", script)
    process = Process(Launch(name=name, command=command, log=folder / f"{name}.log", answers=lambda: True))
    process.start()
    supervisor.keep(process)
    return process


def killed(process: Process) -> int:
    """Its pid; it is dead for certain."""
    pid = process.pid
    os.kill(pid, 9)
    eventually(lambda: not process.alive())
    return pid


def test_a_killed_process_is_started_again_at_the_first_look(
    supervisor: Supervisor, told: Told, tmp_path: Path
) -> None:
    """So within the contract's two seconds: the supervisor looks several times a second."""
    assert POLL <= 0.5
    process = started(supervisor, tmp_path, SLEEPER)
    first = killed(process)
    supervisor.check()
    assert process.pid != first
    assert process.alive()
    assert told.changes == 1
    assert told.lines == ["sleeper was killed (SIGKILL); starting it again"]
    assert supervisor.pids() == {"sleeper": process.pid}


def test_three_quick_deaths_make_it_wait_ten_seconds_and_are_reported(
    supervisor: Supervisor, told: Told, tmp_path: Path
) -> None:
    process = started(supervisor, tmp_path, "raise SystemExit('no memory here')")

    def waits() -> bool:
        supervisor.check()
        return any("next try in 10 s" in line for line in told.lines)

    eventually(waits)
    last = process.pid
    supervisor.check()
    assert process.pid == last
    assert told.changes == 2
    assert "no memory here" in told.lines[-1]


def test_the_restart_of_one_leaves_the_others_alone(supervisor: Supervisor, tmp_path: Path) -> None:
    victim = started(supervisor, tmp_path, SLEEPER, "victim")
    other = started(supervisor, tmp_path, SLEEPER, "other")
    before = other.pid
    first = killed(victim)
    supervisor.check()
    assert victim.pid != first
    assert other.pid == before
    assert other.alive()


def test_what_a_dead_process_left_behind_is_ended_before_it_starts_again(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    process = started(supervisor, tmp_path, STUBBORN_PARENT)
    (orphan,) = eventually(lambda: psutil.Process(process.pid).children())
    first = killed(process)
    supervisor.check()
    assert process.pid != first
    assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE


def test_stopping_ends_even_those_that_do_not_listen(supervisor: Supervisor, tmp_path: Path) -> None:
    process = started(supervisor, tmp_path, STUBBORN_PARENT)
    leader = psutil.Process(process.pid)
    (child,) = eventually(leader.children)
    supervisor.stop(["sleeper"], within=0.2)
    eventually(lambda: not leader.is_running() and not child.is_running())


def test_a_killed_server_answers_again(supervisor: Supervisor, tmp_path: Path) -> None:
    port = free_ports(1)[0]
    process = Process(redis.launch(tmp_path, port, password="test-password"))
    process.start()
    supervisor.keep(process)
    process.wait_until_it_answers()
    first = killed(process)
    supervisor.check()
    assert process.pid != first
    eventually(process.launch.answers)


def test_a_log_that_grew_too_long_is_moved_aside_while_its_process_writes_on(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    process = started(supervisor, tmp_path, f"print('x' * {LOG_LIMIT + 1}, flush=True); {SLEEPER}")
    log = process.launch.log
    eventually(lambda: log.stat().st_size > LOG_LIMIT)
    process.bound_log()
    assert log.stat().st_size < LOG_LIMIT
    assert log.with_suffix(".log.1").stat().st_size > LOG_LIMIT
