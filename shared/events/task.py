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

from shared.events.consumer import Consumer, Handler
from shared.events.leases import make_due
from shared.events.subscriptions import task_name
from shared.runtime.logs import logger

log = logger(__name__)

# The subscribers of a process do it one after another: together they could use every connection of its pool.
_one_at_a_time = threading.Lock()


_consumers: WeakKeyDictionary[Celery, dict[str, Consumer]] = WeakKeyDictionary()


def register_consumer(celery: Celery, engine: Engine, subscriber: str, handlers: Mapping[str, Handler]) -> Consumer:
    """Define the task that handles `subscriber`'s deliveries with a handler for each event type.

    `engine` must not be connected yet: the worker's processes inherit it. Each process that consumes the subscriber's queue makes
    due, when it starts, what its predecessor may have left in flight.
    """
    consumer = Consumer(engine, subscriber, handlers)
    _consumers.setdefault(celery, {})[task_name(subscriber)] = consumer

    @celery.task(name=task_name(subscriber), shared=False)  # type: ignore[untyped-decorator]
    def consume(ids: Sequence[int]) -> None:
        consumer.consume(ids)

    # On a thread: Celery kills a process that has not started within 4 s, so that while PostgreSQL does not answer it would kill
    # every new one.
    redeliver = threading.Thread(target=_redeliver, args=(engine, subscriber), daemon=True)
    start_with_consumer(celery, subscriber, redeliver.start)
    return consumer


def pass_suspects(celery: Celery, start: Callable[[str, int], None]) -> None:
    """Have `start` handle deliveries that may have killed their worker, by the name of their task."""
    for task, consumer in _consumers.get(celery, {}).items():
        consumer.pass_suspect = partial(start, task)


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


def _redeliver(engine: Engine, subscriber: str) -> None:
    """Make due what was in flight. If this fails, it is redelivered at its due time."""
    try:
        with _one_at_a_time:
            make_due(engine, [subscriber])
    except SQLAlchemyError as error:
        log.warning("could not make due what is in flight", subscriber=subscriber, error=type(error).__name__)
