"""What a forked process has of its own, and what it shares. The process that forks is a program: pytest has threads."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.polling import eventually
from tests.servers_of_a_run import ROOT

# Forks `function` as the local stack does, holding a locked file, writes the child's pid, and its exit code once it has one.
PROGRAM = """
import fcntl, json, os, signal, sys, time
from pathlib import Path
from local.process import Launch, Process

folder = Path(sys.argv[1])
lock = (folder / "lock").open("w")
fcntl.flock(lock, fcntl.LOCK_EX)

def stop(*_):
    raise KeyError("the parent's handler")

for number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, stop)
kept_in_memory = "imported before the fork"

def function():
{function}

process = Process(Launch("a-title", ("false",), folder / "log", lambda: True, function=function, environment={{"COLOUR": "blue"}},
                         directory=folder))
process.start()
(folder / "pid").write_text(str(process.pid))
while process.alive():
    time.sleep(0.01)
(folder / "code").write_text(str(process.exit_code()))
signal.pause()
"""
REPORT = """
    import json
    about = {"session": os.getsid(0), "cwd": os.getcwd(), "colour": os.environ["COLOUR"], "memory": kept_in_memory,
             "files": sorted(int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")),
             "stdin": sys.stdin.read()}
    print(json.dumps(about))
    time.sleep(600)
"""


@contextmanager
def forking(folder: Path, function: str) -> Iterator[subprocess.Popen[bytes]]:
    program = PROGRAM.format(function=function)
    parent = subprocess.Popen([sys.executable, "-c", program, str(folder)], cwd=ROOT, start_new_session=True)
    try:
        yield parent
    finally:
        parent.kill()
        parent.wait()


def content(path: Path) -> Callable[[], str]:
    return lambda: path.read_text() if path.exists() else ""


def child_of(folder: Path) -> psutil.Process:
    return psutil.Process(int(eventually(content(folder / "pid"))))


def test_it_has_a_session_a_log_an_environment_and_a_title_of_its_own(tmp_path: Path) -> None:
    with forking(tmp_path, REPORT):
        child = child_of(tmp_path)
        about = json.loads(eventually(content(tmp_path / "log")))
        assert about == {
            "session": child.pid,
            "cwd": str(tmp_path),
            "colour": "blue",
            "memory": "imported before the fork",
            "files": [0, 1, 2],
            "stdin": "",
        }
        assert child.cmdline()[0] == "a-title"
        assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    with forking(tmp_path, "    time.sleep(600)") as parent:
        child = child_of(tmp_path)
        parent.kill()
        eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_signal_ends_it_without_its_parents_handlers(tmp_path: Path, number: signal.Signals) -> None:
    with forking(tmp_path, "    print('runs'); time.sleep(600)"):
        child = child_of(tmp_path)
        eventually(content(tmp_path / "log"))
        os.kill(child.pid, number)
        assert eventually(content(tmp_path / "code")) == str(-number)
        assert (tmp_path / "log").read_text() == "runs\n"


@pytest.mark.parametrize(
    ("function", "code", "words"),
    [("return", "0", ""), ("sys.exit(2)", "2", ""), ("raise ValueError('no memory here')", "1", "no memory here\n")],
)
def test_its_exit_code_is_a_programs(tmp_path: Path, function: str, code: str, words: str) -> None:
    with forking(tmp_path, f"    {function}"):
        assert eventually(content(tmp_path / "code")) == code
        assert (tmp_path / "log").read_text().endswith(words)
        assert bool((tmp_path / "log").read_text()) == bool(words)
