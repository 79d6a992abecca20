"""Restarts processes that die; one that dies repeatedly is restarted later."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from local.errors import LocalError
from local.process import POLL, Process

# After three deaths, each within 5 s of its start, the wait is 10 s.
QUICK = 5.0
TOLERATED = 3
WAIT = 10.0
LOGS_EVERY = 60.0  # seconds


@dataclass
class _Kept:
    process: Process
    quick_deaths: int = 0
    start_at: float | None = None  # monotonic; set while it is down


class Supervisor:
    """Restarts its processes. `show` prints a line; `changed` is called when a pid is new."""

    def __init__(self, show: Callable[[str], None], changed: Callable[[], None]) -> None:
        self._kept: dict[str, _Kept] = {}
        self._show = show
        self._changed = changed

    @property
    def processes(self) -> list[Process]:
        return [kept.process for kept in self._kept.values()]

    def pids(self) -> dict[str, int]:
        return {name: kept.process.pid for name, kept in self._kept.items()}

    def keep(self, process: Process) -> None:
        """Supervise `process`, which has been started."""
        self._kept[process.launch.name] = _Kept(process)

    def check(self) -> None:
        """Check every process once."""
        for kept in self._kept.values():
            if kept.start_at is None and not kept.process.alive():
                self._on_exit(kept)
            if kept.start_at is not None and time.monotonic() >= kept.start_at:
                self._start_again(kept)

    def run(self) -> None:
        """Check without end; a signal handler ends it by an exception."""
        check_logs_at = time.monotonic()
        while True:
            self.check()
            if time.monotonic() >= check_logs_at:
                check_logs_at = time.monotonic() + LOGS_EVERY
                for process in self.processes:
                    process.bound_log()
            time.sleep(POLL)

    def _on_exit(self, kept: _Kept) -> None:
        process, name = kept.process, kept.process.launch.name
        lived = time.monotonic() - process.started_at
        kept.quick_deaths = kept.quick_deaths + 1 if lived < QUICK else 0
        wait = WAIT if kept.quick_deaths >= TOLERATED else 0.0
        kept.start_at = time.monotonic() + wait
        end = _describe(process.exit_code())
        if wait:
            self._show(f"{name} {end} again within {QUICK:.0f} s of its start; next try in {wait:.0f} s.")
            self._show(f"    {process.last_words()}")
        else:
            self._show(f"{name} {end}; starting it again")

    def _start_again(self, kept: _Kept) -> None:
        kept.start_at = None
        try:
            kept.process.clear()
            kept.process.start()
        except (LocalError, OSError) as error:
            self._show(str(error))
            kept.start_at = time.monotonic() + WAIT
            return
        self._changed()

    def stop(self, names: list[str], within: float) -> None:
        """End these together, and what they started; after `within` seconds by force."""
        processes = [self._kept.pop(name).process for name in names if name in self._kept]
        deadline = time.monotonic() + within
        try:
            for process in processes:
                process.ask_to_stop()
            while any(process.alive() for process in processes) and time.monotonic() < deadline:
                time.sleep(POLL)
        finally:
            for process in processes:
                process.clear()


def _describe(code: int | None) -> str:
    if code is not None and code < 0:
        return f"was killed ({signal.Signals(-code).name})"
    return f"ended with status {code}"
