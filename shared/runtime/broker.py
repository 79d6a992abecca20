"""Celery's connection to Redis: kombu's transport with one bug fixed, and one client kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kombu.transport import redis, virtual


class _Slots(redis.QoS):  # type: ignore[misc]
    """The messages that a worker holds, at most its prefetch count."""

    def ack(self, delivery_tag: Any) -> None:
        """Release a message that is done.

        kombu 5.7 frees the slot after Redis has answered, and Celery only logs the error of one that did not: a worker whose task
        ended while Redis was being restarted kept the slot for ever, and with one slot it never asked for a message again,
        connected and idle.
        """
        try:
            super().ack(delivery_tag)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise


class _Channel(redis.Channel):  # type: ignore[misc]
    QoS = _Slots
    _kept: tuple[Any, Any] | None = None  # a pool and its client

    @contextmanager
    def conn_or_acquire(self, client: Any = None) -> Iterator[Any]:
        """`client`, or the one of the channel's pool.

        kombu 5.7 makes a new one for each command; with the table of answers that redis-py fills for it, that took a third of the
        time in which a message is published or acknowledged.
        """
        if client is None:
            pool = self.pool
            if self._kept is None or self._kept[0] is not pool:
                self._kept = (pool, self._create_client())
            client = self._kept[1]
        yield client


class Transport(redis.Transport):  # type: ignore[misc]
    """`broker_transport` of our Celery app."""

    Channel = _Channel
