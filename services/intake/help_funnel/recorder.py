"""Queues steps and writes them a moment later, on a thread of its own: a page never waits for a count."""

import contextlib
import queue
import threading
import time

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.intake.help_funnel.count_steps import HelpStep, count_steps
from shared.crash_points import crash_point
from shared.runtime.logs import logger

# Steps that wait while the database is away; further ones are dropped.
MOST_WAITING = 10_000
MOST_AT_ONCE = 500
EVERY = 1.0  # seconds

log = logger(__name__)


class FunnelRecorder:
    """Safe to share between threads; its thread starts with the first step, so that a forked process has its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: queue.Queue[HelpStep] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def count(self, step: HelpStep) -> None:
        """Count it soon. Never blocks, never raises."""
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(step)
        if self._thread is None:
            self._start()

    def write_waiting(self) -> int:
        """Write what waits; returns how many steps that were. A failing database loses them, and nothing else."""
        steps: list[HelpStep] = []
        with contextlib.suppress(queue.Empty):
            while len(steps) < MOST_AT_ONCE:
                steps.append(self._waiting.get_nowait())
        if not steps:
            return 0
        try:
            with self._engine.begin() as connection:
                count_steps(connection, steps)
            crash_point("intake.steps_counted")
        except (DBAPIError, PoolTimeout) as error:
            log.warning("help steps were not counted", steps=len(steps), error=type(error).__name__)
        return len(steps)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="help-funnel", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            if self.write_waiting() < MOST_AT_ONCE:
                time.sleep(EVERY)
