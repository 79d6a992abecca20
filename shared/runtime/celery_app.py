"""The Celery app, which runs what is due in PostgreSQL. Each option has its reason beside it; a test asserts them."""

from typing import Any

from celery import Celery
from kombu import Exchange, Queue

from shared.settings import PlatformSettings

# The anonymous exchange needs no binding in Redis, so a FLUSHALL cannot take the binding and drop messages silently.
_ANONYMOUS = Exchange("", type="direct")

OPTIONS: dict[str, Any] = {
    # kombu's for Redis, without its own redelivery.
    "broker_transport": "shared.runtime.broker:Transport",
    # Only ids are sent, so JSON is enough; pickle would let anyone with access to Redis run code.
    "task_serializer": "json",
    "accept_content": ["json"],
    # Outcomes are rows in PostgreSQL; results are not read.
    "task_ignore_result": True,
    "result_backend": None,
    # A worker asks for its next message when its work is done; a lost one is sent again from PostgreSQL.
    "task_acks_late": True,
    # A poison message must not loop in Redis: its delivery row redelivers it, counted and bounded.
    "task_reject_on_worker_lost": False,
    # The backlog waits in PostgreSQL, where it is durable and counted, not in a worker's memory.
    "worker_prefetch_multiplier": 1,
    # Workers are not controlled through Redis, and every such message is one more to lose.
    "worker_enable_remote_control": False,
    "worker_send_task_events": False,
    "task_send_sent_event": False,
    # Redis may be down for any time; the default gives up after 100 tries.
    "broker_connection_max_retries": None,
    "broker_connection_retry_on_startup": True,
    # Longer than any handler may take; a hung one is ended and its delivery is sent again.
    "task_soft_time_limit": 60,
    "task_time_limit": 75,
    "worker_hijack_root_logger": False,
    "task_create_missing_queues": False,
    "timezone": "UTC",
    "broker_transport_options": {
        # A Redis that stopped answering is noticed within seconds instead of never.
        "socket_timeout": 10,
        "socket_connect_timeout": 3,
        "socket_keepalive": True,
        "health_check_interval": 10,
    },
}


def make_celery(settings: PlatformSettings, queues: tuple[str, ...] = ()) -> Celery:
    """A Celery app on the settings' Redis that consumes `queues` (none for one that only publishes)."""
    app = Celery("vidare", broker=settings.redis_url, set_as_current=False)
    app.conf.update(OPTIONS)
    app.conf.task_queues = [queue(name) for name in queues]
    app.conf.beat_schedule = {}
    return app


def queue(name: str) -> Queue:
    """A direct queue of this name on the anonymous exchange."""
    return Queue(name, exchange=_ANONYMOUS, routing_key=name, durable=True)
