"""A process forked from this one: it starts with all that is imported here, and shares its memory."""

import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shared.runtime.parent_death import end_with_parent

# Blocked across the fork: until the child has handlers of its own, it would run this process's.
_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
_LOOK_EVERY = 0.01  # seconds
PR_SET_NAME = 15  # linux/prctl.h; 15 bytes of it are kept


@dataclass(frozen=True)
class Conditions:
    """What a forked process has of its own; a started program gets the same from subprocess.Popen."""

    title: str
    log: Path
    environment: Mapping[str, str]
    directory: Path | None
    death_signal: signal.Signals
    parent: int = field(default_factory=os.getpid)


class Forked:
    """A running child. It has the part of subprocess.Popen that `Process` uses.

    This process must have a single thread and no connection: a child would get them in whatever state they are.
    """

    def __init__(self, function: Callable[[], object], conditions: Conditions) -> None:
        # A collection writes to every object that it looks at, and a page that is written to is no longer shared.
        gc.freeze()
        context = multiprocessing.get_context("fork")
        self._child = context.Process(target=_run, args=(function, conditions), name=conditions.title)
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            self._child.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        self.pid = self._child.pid or 0

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._child.exitcode

    def wait(self, timeout: float | None = None) -> None:
        """Return once it has ended, or after `timeout` seconds."""
        # Not by the pipe that multiprocessing waits for: the child has closed its end.
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None and (deadline is None or time.monotonic() < deadline):
            time.sleep(_LOOK_EVERY)

    def kill(self) -> None:
        self._child.kill()


def _run(function: Callable[[], object], conditions: Conditions) -> None:
    """In the child. An exception is printed into its log by multiprocessing; SystemExit sets the exit code."""
    os.setsid()
    end_with_parent(conditions.death_signal, conditions.parent)
    _redirect(conditions.log)
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(conditions.environment)
    if conditions.directory is not None:
        os.chdir(conditions.directory)
    _set_title(conditions.title)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    function()


def _redirect(log: Path) -> None:
    """Write to `log`, and keep no file of the parent's: its lock on the data directory would outlive it."""
    opened = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, number in ((nothing, 0), (opened, 1), (opened, 2)):
        os.dup2(source, number)
    for name in os.listdir("/dev/fd"):
        if int(name) > 2:
            with contextlib.suppress(OSError):  # the listing's own
                os.close(int(name))
    sys.stdin = os.fdopen(0, closefd=False)  # multiprocessing's was one of these
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)  # by lines, as a log is read while it grows


def _set_title(title: str) -> None:
    """Show `title` in ps(1) and top(1), as far as the parent's command line is long; on Linux alone.

    The library setproctitle writes over the command line in the same way.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_NAME, title.encode()[:15], 0, 0, 0)
    # proc_pid_stat(5): fields 48 and 49 are the addresses of the command line. The second field may hold blanks.
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(fields[48 - 3]), int(fields[49 - 3])
    length = end - start
    if length > 1:
        ctypes.memmove(start, title.encode()[: length - 1].ljust(length, b"\0"), length)
