"""The Celery task of a subscriber: ids come in, its consumer is called."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from celery import Celery
from celery.signals import task_postrun, worker_process_init
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from shared.events.consumer import Consumer, Handler
from shared.events.contracts import task_name
from shared.events.leases import all_due_now
from shared.runtime.logs import logger

log = logger(__name__)

# The rings of a process's subscribers come one after another: together they could take every connection of its pool.
_one_ring = threading.Lock()


def register_consumer(celery: Celery, engine: Engine, subscriber: str, handlers: Mapping[str, Handler]) -> Consumer:
    """Define the task that handles `subscriber`'s deliveries with a handler for each event type.

    `engine` must not have been connected yet: the worker's processes inherit it. Each of them rings for what its predecessor may
    have left in flight when it starts.
    """
    consumer = Consumer(engine, subscriber, handlers)

    @celery.task(name=task_name(subscriber), shared=False)  # type: ignore[untyped-decorator]
    def consume(ids: Sequence[int]) -> None:
        consumer.consume(ids)

    def begin_to_ring(**_: Any) -> None:
        # Beside the process's start, not within it: Celery kills a process that is not up after 4 s, and a Postgres that does not
        # answer would have every new one killed, again and again.
        threading.Thread(target=_ring, args=(engine, subscriber), daemon=True).start()

    worker_process_init.connect(begin_to_ring, weak=False)
    return consumer


def wake_after_consuming(subscriber: str, wake: Callable[[], object]) -> None:
    """Call `wake` in the worker's process after each batch of `subscriber`, so that rows its handlers wrote are worked on at once."""

    def after(sender: Any = None, **_: Any) -> None:
        if getattr(sender, "name", None) == task_name(subscriber):
            wake()

    task_postrun.connect(after, weak=False)


def _ring(engine: Engine, subscriber: str) -> None:
    """Make due what was in flight; a ring that fails costs no more than the redelivery's wait."""
    try:
        with _one_ring:
            all_due_now(engine, [subscriber])
    except SQLAlchemyError as error:
        log.warning("could not ring for what is in flight", subscriber=subscriber, error=type(error).__name__)
