"""Time limits of tasks in a worker without child processes, where Celery has none.

They mean the same as Celery's: after the soft limit the task gets an exception, after the hard one its process ends. Its deliveries
are then sent again.
"""

import os
import signal
import threading
from typing import Any

from celery import Celery, signals
from celery.exceptions import SoftTimeLimitExceeded

from shared.runtime.logs import logger

log = logger(__name__)


def limit_tasks(celery: Celery) -> None:
    """Apply the app's two limits, in seconds, to each task of this process. Call it in the main thread, which runs the tasks."""
    soft, hard = float(celery.conf.task_soft_time_limit), float(celery.conf.task_time_limit)
    watchdog = _Watchdog(hard)

    def begin(**_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, soft)
        watchdog.begin()

    def end(**_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        watchdog.end()

    signal.signal(signal.SIGALRM, _raise)
    signals.task_prerun.connect(begin, weak=False)
    signals.task_postrun.connect(end, weak=False)


def _raise(*_: Any) -> None:
    raise SoftTimeLimitExceeded


class _Watchdog:
    """A thread that ends the process when a task runs for `limit` seconds: the exception does not reach a task within C code."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._changed = threading.Condition()
        self._task = 0  # its number while one runs, negative in between
        threading.Thread(target=self._run, name="time-limit", daemon=True).start()

    def begin(self) -> None:
        with self._changed:
            self._task = abs(self._task) + 1
            self._changed.notify()

    def end(self) -> None:
        # No wake-up: the thread finds another number at the limit, if it is still waiting for this task.
        with self._changed:
            self._task = -self._task

    def _run(self) -> None:
        with self._changed:
            while True:
                running = self._task
                if running <= 0:
                    self._changed.wait()
                elif not self._changed.wait_for(lambda one=running: self._task != one, self._limit):  # type: ignore[misc]
                    log.error("a task ran for longer than its limit; its process ends", limit=self._limit)
                    os._exit(1)
