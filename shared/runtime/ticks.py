"""Periodic work: beat sends one message a second, and the slow worker runs the steps whose interval has passed.

A missed or doubled run must do no harm: messages expire, and every step reads from PostgreSQL what is due. One message for all steps,
since a message costs more than most steps that find nothing.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

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
RUN_DUE = f"{SLOW}.run_due_ticks"
EVERY = 1.0  # seconds between two messages
# A message of a worker with a short delay must not expire.
EXPIRES = 2.0
# A step ends after two seconds, so that the others get their turn. A transaction takes up to half a second, so none begins after 1.5 s.
RUN_SECONDS = 2.0
LAST_TRANSACTION_SECONDS = 1.5
# A message ends after this, far below the task's time limit; the steps it did not reach are the first of the next one.
MESSAGE_SECONDS = 10.0

log = logger(__name__)


@dataclass
class Tick:
    """`run` is to be called every `every` seconds; `due_at` is on the monotonic clock."""

    name: str
    every: float
    run: Callable[[], object]
    due_at: float = 0.0


_ticks: WeakKeyDictionary[Celery, list[Tick]] = WeakKeyDictionary()


def ticks_of(celery: Celery) -> list[Tick]:
    """The ticks that were registered with this app."""
    return _ticks.setdefault(celery, [])


def register_tick(celery: Celery, name: str, every: float, step: Callable[[], object]) -> None:
    """Have `step` run about every `every` seconds (at least EVERY) on the slow worker; the task `name` runs it once.

    A transient error of the database or the store is logged as a warning: the next run tries again.
    """

    def tick() -> None:
        try:
            step()
        except (TransientError, DBAPIError) as error:
            if isinstance(error, DBAPIError) and not is_transient(error):
                raise
            cause = type(error.orig).__name__ if isinstance(error, DBAPIError) else str(error)
            log.warning("tick left to the next run", tick=name, error=cause)

    celery.task(tick, name=name, shared=False)
    registered = ticks_of(celery)
    if not registered:
        _schedule(celery, registered)
    registered.append(Tick(name, every, tick))


def _schedule(celery: Celery, registered: list[Tick]) -> None:
    def run_due_ticks() -> None:
        run_due(registered)

    celery.task(run_due_ticks, name=RUN_DUE, shared=False)
    celery.conf.beat_schedule[RUN_DUE] = {
        "task": RUN_DUE,
        "schedule": EVERY,
        "options": {"queue": queue(SLOW), "expires": EXPIRES},
    }


def run_due(ticks: list[Tick], seconds: float = MESSAGE_SECONDS) -> None:
    """Run the ticks that are due, the longest overdue first, until `seconds` have passed.

    Each worker process counts for itself: two of them run a step more often, never less. An error ends its own step only; it is
    logged, and the last one is raised at the end.
    """
    may_go_on = for_seconds(seconds)
    failed: Exception | None = None
    for tick in sorted(ticks, key=lambda each: each.due_at):
        now = time.monotonic()
        if tick.due_at > now or not may_go_on():
            break
        # Half an interval of beat early, so that a message that comes a moment too soon is not a message too late.
        tick.due_at = now + tick.every - EVERY / 2
        try:
            tick.run()
        except Exception as error:
            log.error("tick failed", tick=tick.name, exc_info=error)
            failed = error
    if failed is not None:
        raise failed


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
