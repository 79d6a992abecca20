"""Periodic tasks: beat sends a message at each interval, a worker takes its step.

A missed or doubled run must do no harm: messages expire, and every step reads from PostgreSQL what is due.
"""

import time
from collections.abc import Callable
from typing import Any

from celery import Celery
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from shared.crash_points import crash_point
from shared.errors import TransientError
from shared.runtime.celery_app import queue
from shared.runtime.logs import logger
from shared.storage.database import is_transient

# Separate from the queues that route and send.
SLOW = "slow"
# A run on the slow queue ends after two seconds, so that the others get their turn. A transaction takes up to half a second, so none
# begins after 1.5 s.
RUN_SECONDS = 2.0
LAST_TRANSACTION_SECONDS = 1.5
# At least this long, so that a worker with a short delay does not drop every message of a one-second tick.
SHORTEST_EXPIRY = 2.0

log = logger(__name__)


def register_tick(
    celery: Celery,
    name: str,
    every: float,
    step: Callable[[], object],
    *,
    on: str = SLOW,
    expires: float | None = None,
    **options: Any,
) -> None:
    """Define the task `name`, which runs `step`, and have beat send it to the queue `on` every `every` seconds.

    A message expires after `expires` seconds (default: the interval, at least SHORTEST_EXPIRY). A transient error of the database or
    the store is logged as a warning: the next run tries again. `options` are Celery's for the task.
    """

    def tick() -> None:
        try:
            step()
        except (TransientError, DBAPIError) as error:
            if isinstance(error, DBAPIError) and not is_transient(error):
                raise
            cause = type(error.orig).__name__ if isinstance(error, DBAPIError) else str(error)
            log.warning("tick left to the next run", tick=name, error=cause)

    celery.task(tick, name=name, shared=False, **options)
    celery.conf.beat_schedule[name] = {
        "task": name,
        "schedule": every,
        "options": {"queue": queue(on), "expires": max(every, SHORTEST_EXPIRY) if expires is None else expires},
    }


def in_transactions(engine: Engine, step: Callable[[Connection], object]) -> Callable[[], None]:
    """A step that runs `step` in a transaction, and again in a new one while it returns a true value and the run has time left."""

    def run() -> None:
        may_go_on = for_seconds(LAST_TRANSACTION_SECONDS)
        more = True
        while more and may_go_on():
            with engine.begin() as connection:
                more = bool(step(connection))
                crash_point("tick.written")
            crash_point("tick.committed")

    return run


def for_seconds(seconds: float = RUN_SECONDS) -> Callable[[], bool]:
    """A function that returns True until `seconds` from now have passed."""
    deadline = time.monotonic() + seconds
    return lambda: time.monotonic() < deadline
