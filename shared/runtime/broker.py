"""Celery's connection to Redis: kombu's transport, without what PostgreSQL does for us, and with one client kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kombu.transport import redis, virtual


class _Slots(redis.QoS):  # type: ignore[misc]
    """The messages that a worker holds, at most its prefetch count, in memory only.

    kombu also keeps them in Redis, with two transactions a message, and gives one back whose worker died after its visibility
    time-out. Here PostgreSQL does that, sooner: a delivery that has no outcome is due again, and a tick looks for replays that went
    silent. So a message that is lost with its worker is no loss.
    """

    restore_at_shutdown = False

    def append(self, message: Any, delivery_tag: Any) -> None:
        virtual.QoS.append(self, message, delivery_tag)

    def ack(self, delivery_tag: Any) -> None:
        virtual.QoS.ack(self, delivery_tag)

    def reject(self, delivery_tag: Any, requeue: bool = False) -> None:
        virtual.QoS.ack(self, delivery_tag)

    def restore_unacked(self, client: Any = None) -> None:
        self._delivered.clear()

    def restore_visible(self, start: int = 0, num: int = 10, interval: int = 10) -> None:
        """There is nothing to restore."""


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
