"""The Celery task of a subscriber: ids come in, its consumer is called."""

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from celery import Celery
from celery.signals import task_postrun, worker_process_init, worker_process_shutdown, worker_shutdown
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from shared.auth.teams import known_teams
from shared.events.consumer import Consumer, Handler
from shared.events.leases import make_due
from shared.events.subscriptions import TEAMS_TASK, task_name, team_of, team_subscriber
from shared.runtime.logs import logger

log = logger(__name__)

# The subscribers of a process do it one after another: together they could use every connection of its pool.
_one_at_a_time = threading.Lock()


# What handles a suspect delivery elsewhere, for a process that must not die of it.
_suspect_starts: WeakKeyDictionary[Celery, Callable[[str, int], None]] = WeakKeyDictionary()


def register_consumer(celery: Celery, engine: Engine, subscriber: str, handlers: Mapping[str, Handler]) -> None:
    """Define the task that handles `subscriber`'s deliveries with a handler for each event type.

    `engine` must not be connected yet: the worker's processes inherit it. Each process that consumes the subscriber's queue makes
    due, when it starts, what its predecessor may have left in flight.
    """

    @celery.task(name=task_name(subscriber), shared=False)  # type: ignore[untyped-decorator]
    def consume(ids: Sequence[int]) -> None:
        Consumer(engine, subscriber, handlers, _suspect_start(celery, subscriber)).consume(ids)

    _redeliver_at_start(celery, engine, subscriber, lambda: [subscriber])


def register_team_consumers(
    celery: Celery,
    engine: Engine,
    teams: Sequence[str],
    handlers: Mapping[str, Handler],
    consumed: Callable[[str], object],
) -> None:
    """As `register_consumer`, for the subscribers of the settings' `teams` and of teams that are added later.

    `consumed` is called in the worker's process with the team's name after each of its batches, so that rows that the handlers wrote
    are worked on at once.
    """

    @celery.task(name=TEAMS_TASK, shared=False)  # type: ignore[untyped-decorator]
    def consume(ids: Sequence[int], subscriber: str) -> None:
        Consumer(engine, subscriber, handlers, _suspect_start(celery, subscriber)).consume(ids)
        consumed(team_of(subscriber))

    def subscribers() -> Sequence[str]:
        return [team_subscriber(team) for team in known_teams(engine, teams)]

    # Each of the teams' queues has the same worker.
    _redeliver_at_start(celery, engine, team_subscriber(teams[0]), subscribers)


def pass_suspects(celery: Celery, start: Callable[[str, int], None]) -> None:
    """Have `start` handle deliveries that may have killed their worker; it gets their subscriber and number."""
    _suspect_starts[celery] = start


def _suspect_start(celery: Celery, subscriber: str) -> Callable[[int], None] | None:
    start = _suspect_starts.get(celery)
    return None if start is None else partial(start, subscriber)


def start_with_consumer(
    celery: Celery, subscriber: str, start: Callable[[], object], stop: Callable[[], object] | None = None
) -> None:
    """Call `start` in each process of a worker that consumes the subscriber's queue, after the fork, and `stop` before its orderly end.

    Other processes, such as beat, have the same tasks.
    """
    if not any(queue.name == subscriber for queue in celery.conf.task_queues):
        return
    worker_process_init.connect(lambda **_: start(), weak=False)
    if stop is not None:
        # The first for a child of a pool, the second for a worker without children.
        worker_process_shutdown.connect(lambda **_: stop(), weak=False)
        worker_shutdown.connect(lambda **_: stop(), weak=False)


def wake_after_consuming(subscriber: str, wake: Callable[[], object]) -> None:
    """Call `wake` in the worker's process after each batch of `subscriber`, so that rows its handlers wrote are worked on at once."""

    def after(sender: Any = None, **_: Any) -> None:
        if getattr(sender, "name", None) == task_name(subscriber):
            wake()

    task_postrun.connect(after, weak=False)


def _redeliver_at_start(celery: Celery, engine: Engine, queue: str, subscribers: Callable[[], Sequence[str]]) -> None:
    # On a thread: Celery kills a process that has not started within 4 s, so that while PostgreSQL does not answer it would kill
    # every new one.
    redeliver = threading.Thread(target=_redeliver, args=(engine, queue, subscribers), daemon=True)
    start_with_consumer(celery, queue, redeliver.start)


def _redeliver(engine: Engine, queue: str, subscribers: Callable[[], Sequence[str]]) -> None:
    """Make due what was in flight. If this fails, it is redelivered at its due time."""
    try:
        with _one_at_a_time:
            make_due(engine, subscribers())
    except SQLAlchemyError as error:
        log.warning("could not make due what is in flight", queue=queue, error=type(error).__name__)
