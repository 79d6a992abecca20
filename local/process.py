"""One process of the stack: its start, its readiness, its end with all its children."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from local.errors import LocalError
from local.forked import Conditions, Forked
from shared.runtime.parent_death import end_with_parent

LOG_LIMIT = 20_000_000  # bytes; a longer log is moved aside, one generation
POLL = 0.05  # seconds between two checks whether a process serves


def nothing() -> None:
    """A step that a process does not have."""


@dataclass(frozen=True)
class Launch:
    """How to start one process. `answers` tells whether it serves; `before` runs ahead of every start.

    With a `function` it is forked from this process and runs that; otherwise `command` is executed.
    """

    name: str
    command: tuple[str, ...]
    log: Path
    answers: Callable[[], bool]
    function: Callable[[], object] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    before: Callable[[], None] = nothing
    after: Callable[[], None] = nothing
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    start_within: float = 60.0


class Process:
    """A started `Launch`, the leader of a session of its own. Start it from a thread that outlives it: the kernel
    ends it with the thread that started it."""

    def __init__(self, launch: Launch) -> None:
        self.launch = launch
        self.started_at = 0.0
        self._popen: subprocess.Popen[bytes] | Forked | None = None

    @property
    def pid(self) -> int:
        return self._popen.pid if self._popen else 0

    def start(self) -> None:
        """Start it; raises LocalError when it cannot be executed. It need not serve yet."""
        launch = self.launch
        launch.before()
        launch.log.parent.mkdir(parents=True, exist_ok=True)
        launch.log.touch(mode=0o600)
        self.bound_log()
        try:
            self._popen = self._fork(launch.function) if launch.function else self._execute()
        except OSError as error:
            raise LocalError(f"{launch.name} cannot be started: {error}") from error
        self.started_at = time.monotonic()

    def _execute(self) -> subprocess.Popen[bytes]:
        launch = self.launch
        with launch.log.open("ab") as log:
            return subprocess.Popen(
                launch.command,
                env={**os.environ, **launch.environment},
                cwd=launch.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=partial(end_with_parent, launch.death_signal, os.getpid()),
            )

    def _fork(self, function: Callable[[], object]) -> Forked:
        launch = self.launch
        environment = {**os.environ, **launch.environment}
        return Forked(function, Conditions(launch.name, launch.log, environment, launch.directory, launch.death_signal))

    def alive(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    def exit_code(self) -> int | None:
        return self._popen.poll() if self._popen else None

    def wait_until_it_answers(self, between: Callable[[], None] = nothing) -> None:
        """Return once it serves; raises LocalError with the last line of its log when it ends or takes too long."""
        deadline = self.started_at + self.launch.start_within
        while not self.launch.answers():
            if not self.alive():
                raise LocalError(f"{self.launch.name} ended while starting: {self.last_words()}")
            if time.monotonic() > deadline:
                raise LocalError(
                    f"{self.launch.name} does not answer after {self.launch.start_within:.0f} s: {self.last_words()}"
                )
            between()
            time.sleep(POLL)
        self.launch.after()

    def ask_to_stop(self) -> None:
        if self.alive():
            os.kill(self.pid, self.launch.stop_signal)

    def stop(self, within: float = 10.0) -> None:
        """End it and whatever it started: by its own signal, after `within` seconds by SIGKILL."""
        self.ask_to_stop()
        if self._popen is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(within)
            self.clear()

    def kill(self) -> None:
        """End it as a crash would: SIGKILL, to the leader alone."""
        if self._popen is not None and self.alive():
            self._popen.kill()
            self._popen.wait()

    def clear(self) -> None:
        """End what is left of its process group after the leader died."""
        if self._popen is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        self._popen.wait()

    def bound_log(self) -> None:
        """Keep its log from filling the disk. It is truncated, since the process goes on appending to it."""
        log = self.launch.log
        with contextlib.suppress(OSError):
            if log.stat().st_size > LOG_LIMIT:
                shutil.copyfile(log, log.with_suffix(".log.1"))
                os.truncate(log, 0)

    def last_words(self) -> str:
        """The last line of its log, and where the rest is."""
        try:
            lines = [line for line in self.launch.log.read_text(errors="replace").splitlines() if line.strip()]
        except OSError:
            lines = []
        return f"{lines[-1].strip() if lines else 'no output'} (log: {self.launch.log})"
