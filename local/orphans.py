"""Processes that a killed stack left: recorded while it runs, ended before the next one starts.

On Linux the kernel ends every child with its parent; this is for other systems, and for processes in between.
"""

import contextlib
import json
import os
import signal
from collections.abc import Iterable
from pathlib import Path

import psutil

from local.files import write_private
from local.process import Process
from local.servers import postgres

FILE = "processes.json"


def remember(run: Path, processes: Iterable[Process]) -> None:
    """Record the running processes: each pid with its start time, since pids are reused."""
    born: dict[str, float] = {}
    for process in (each for each in processes if each.pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            born[str(process.pid)] = psutil.Process(process.pid).create_time()
    write_private(run / FILE, json.dumps(born))


def forget(run: Path) -> None:
    (run / FILE).unlink(missing_ok=True)


def end_orphans(folder: Path, run: Path) -> None:
    """End every process of the last stack's sessions, PostgreSQL by a fast shutdown."""
    try:
        born: dict[str, float] = json.loads((run / FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        born = {}
    sessions = {int(pid) for pid, birth in born.items() if _is_ours(int(pid), birth)}
    left = [process for process in psutil.process_iter() if _session_of(process) in sessions]
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGKILL)
    psutil.wait_procs([process for process in left if process.is_running()], timeout=10)
    postgres.end_orphans(postgres.data_folder(folder))
    forget(run)


def _is_ours(pid: int, birth: float) -> bool:
    """Whether a pid is our process. A pid is not reused while its session exists, so only a living leader can be another process."""
    try:
        return bool(psutil.Process(pid).create_time() == birth)
    except psutil.NoSuchProcess:
        return True


def _session_of(process: psutil.Process) -> int:
    try:
        return os.getsid(process.pid)
    except OSError:
        return -1
