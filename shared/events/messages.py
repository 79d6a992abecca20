"""The messages that the relay and beat put into Redis for Celery's workers.

Celery's own `send_task` builds the same, in four times the time: it looks up routes, declares queues, writes out arguments for logs
and makes a client of Redis for each message. A test compares the two.
"""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from celery import Celery
from redis import Redis

from shared.events.subscriptions import task_call
from shared.settings import PlatformSettings


def message_broker(settings: PlatformSettings) -> Redis:
    """A client of the Redis that carries the messages. It waits 5 s for an answer, so that a frozen server is noticed."""
    return Redis.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=3, health_check_interval=10)


class MessageFormat:
    """Messages for the tasks of subscribers, as kombu's Redis transport and Celery's protocol version 2 define them.

    https://docs.celeryq.dev/en/stable/internals/protocol.html
    """

    def __init__(self) -> None:
        made = Celery(set_as_current=False).amqp.as_task_v2("", "", argsrepr="", kwargsrepr="")
        self._headers: dict[str, Any] = made.headers
        self._embed: dict[str, Any] = made.body[2]

    def message(self, subscriber: str, ids: Sequence[int]) -> str:
        """The text for the subscriber's list in Redis."""
        return self.task_message(subscriber, *task_call(subscriber, ids))

    def task_message(
        self, queue: str, task: str, arguments: Sequence[Any] = (), expires: datetime | None = None
    ) -> str:
        """The text for a queue's list in Redis that has a worker run a task, but not after `expires`."""
        task_id = str(uuid4())
        body = json.dumps((arguments, {}, self._embed))
        return json.dumps(
            {
                "body": base64.b64encode(body.encode()).decode(),
                "content-encoding": "utf-8",
                "content-type": "application/json",
                "headers": {
                    **self._headers,
                    "id": task_id,
                    "root_id": task_id,
                    "task": task,
                    "expires": expires.isoformat() if expires else None,
                },
                "properties": {
                    "correlation_id": task_id,
                    "reply_to": "",
                    "delivery_mode": 2,
                    "delivery_info": {"exchange": "", "routing_key": queue},
                    "priority": 0,
                    "body_encoding": "base64",
                    "delivery_tag": str(uuid4()),
                },
            }
        )
