"""What a stack that was killed may have left: remembered while it runs, ended before the next one starts.

On Linux the kernel ends every child with its parent; this is for other systems and for what came between.
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
    """Write down who runs: each pid with the time of its birth, since pids are used again."""
    born: dict[str, float] = {}
    for process in (each for each in processes if each.pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            born[str(process.pid)] = psutil.Process(process.pid).create_time()
    write_private(run / FILE, json.dumps(born))


def forget(run: Path) -> None:
    (run / FILE).unlink(missing_ok=True)


def end_leftovers(home: Path, run: Path) -> None:
    """End every process of the sessions that the last stack began, PostgreSQL in its own orderly way."""
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
    postgres.end_leftovers(postgres.data_folder(home))
    forget(run)


def _is_ours(pid: int, birth: float) -> bool:
    """A pid is not given again while a session bears it, so only a living leader can be a stranger."""
    try:
        return bool(psutil.Process(pid).create_time() == birth)
    except psutil.NoSuchProcess:
        return True


def _session_of(process: psutil.Process) -> int:
    try:
        return os.getsid(process.pid)
    except OSError:
        return -1
