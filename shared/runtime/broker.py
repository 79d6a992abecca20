"""Celery's connection to Redis: kombu's transport with one bug fixed."""

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


class Transport(redis.Transport):  # type: ignore[misc]
    """`broker_transport` of our Celery app."""

    Channel = _Channel
