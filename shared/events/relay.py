"""The relay: claims due deliveries, commits, and then publishes Celery messages of ids.

Claim before publish, because a consumer that hears of a row the relay still locks would skip it. Any number of relays may run.
"""

import os
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from celery import Celery
from kombu.exceptions import KombuError
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from shared.crash_points import crash_point
from shared.events import leases
from shared.events.consumer import SENDS_TOGETHER
from shared.events.contracts import subscribers, task_name
from shared.runtime.celery_app import make_celery, queue
from shared.runtime.logs import configure, logger
from shared.settings import PlatformSettings, read

# Measured: routing reaches its best rate at 200 ids a message and 8 messages outstanding; more only moves the backlog to Redis.
IDS_A_MESSAGE = 200
MESSAGES_OUTSTANDING = 8
# Seconds between looks when there was nothing to do: half of it is the relay's share of the way from submit to queue.
IDLE_SECONDS = 0.03
REST_SECONDS = 0.5
EPOCH_KEY = "vidare:epoch"
TROUBLE = (RedisError, KombuError, SQLAlchemyError, OSError)

log = logger(__name__)


@dataclass
class Relay:
    """Publishes what is due, one round at a time."""

    engine: Engine
    redis: "Redis"
    celery: Celery
    subscribers: Sequence[str]
    stopping: threading.Event = field(default_factory=threading.Event)
    _rest_until: dict[str, float] = field(default_factory=dict)

    def run(self) -> None:
        """Relay until told to stop; whatever is away is tried again, for as long as it takes."""
        while not self.stopping.is_set():
            try:
                busy = self.round()
            except TROUBLE as error:
                log.warning("relay waits", error=type(error).__name__)
                self.stopping.wait(REST_SECONDS)
                continue
            if not busy:
                self.stopping.wait(IDLE_SECONDS)

    def round(self) -> int:
        """One look at every subscriber; returns the number of deliveries published.

        Raises RedisError or SQLAlchemyError when either is away. What goes wrong with one subscriber lets that one rest.
        """
        rooms = self._rooms()
        waiting = leases.due_subscribers(self.engine, [name for name in self.subscribers if rooms.get(name, 0) > 0])
        published = 0
        for name in waiting:
            try:
                published += self._relay_one(name, rooms[name])
            except TROUBLE as error:
                log.warning("a queue rests", subscriber=name, error=type(error).__name__)
                self._rest_until[name] = time.monotonic() + REST_SECONDS
        return published

    def _rooms(self) -> Mapping[str, int]:
        """How many messages each queue may still take; also notices an emptied Redis, whose epoch is gone."""
        pipeline = self.redis.pipeline(transaction=False)
        pipeline.get(EPOCH_KEY)
        for name in self.subscribers:
            pipeline.llen(name)
        # A key of the wrong type is one queue's trouble: its answer is the error, and it has no room.
        epoch, *lengths = pipeline.execute(raise_on_error=False)
        if isinstance(epoch, Exception):
            raise epoch
        if epoch is None:
            self._begin_epoch()
        now = time.monotonic()
        return {
            name: MESSAGES_OUTSTANDING - length
            for name, length in zip(self.subscribers, lengths, strict=True)
            if isinstance(length, int) and self._rest_until.get(name, 0.0) <= now
        }

    def _begin_epoch(self) -> None:
        """Redis forgot everything: what was in flight is due now. The key is set last, so that a crash between repeats the work."""
        moved = leases.all_due_now(self.engine)
        self.redis.set(EPOCH_KEY, str(time.time()))
        crash_point("relay.epoch_begun")
        log.warning("new epoch: redis was empty", deliveries=moved)

    def _relay_one(self, subscriber: str, room: int) -> int:
        claim = leases.claim(self.engine, subscriber, room * IDS_A_MESSAGE)
        if claim.deliveries:
            self._publish_or_give_back(subscriber, claim.deliveries)
        if claim.passed_over:
            leases.move_blocked(self.engine, subscriber)
        return len(claim.deliveries)

    def _publish_or_give_back(self, subscriber: str, claimed: Sequence[leases.Claimed]) -> None:
        try:
            self._publish(subscriber, list(_messages(claimed)))
        except (KombuError, RedisError, OSError):
            leases.give_back(self.engine, subscriber, [delivery.id for delivery in claimed])
            raise

    def _publish(self, subscriber: str, messages: Sequence[Sequence[int]]) -> None:
        target, task = queue(subscriber), task_name(subscriber)
        with self.celery.producer_or_acquire() as producer, producer.batch(max_size=500):
            for ids in messages:
                self.celery.send_task(task, args=[list(ids)], queue=target, producer=producer, retry=False)
                crash_point("relay.message_gathered")
        crash_point("relay.published")


def _messages(claimed: Sequence[leases.Claimed]) -> list[list[int]]:
    """Ids by message: together up to the limit, but what came back too often alone, so that it can hurt nobody else."""
    alone = [[delivery.id] for delivery in claimed if delivery.sends > SENDS_TOGETHER]
    together = [delivery.id for delivery in claimed if delivery.sends <= SENDS_TOGETHER]
    return [together[start : start + IDS_A_MESSAGE] for start in range(0, len(together), IDS_A_MESSAGE)] + alone


def make_relay(settings: PlatformSettings) -> Relay:
    """A relay on real servers, for every subscriber that the settings' teams imply."""
    redis = Redis.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=3, health_check_interval=10)
    return Relay(leases.leasing_engine(settings), redis, make_celery(settings), subscribers(settings.teams))


def main() -> None:
    """Run a relay until SIGTERM or SIGINT."""
    settings = read(PlatformSettings)
    configure(settings.log_level, "relay")
    relay = make_relay(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: relay.stopping.set())
    log.info("relay started", pid=os.getpid(), subscribers=list(relay.subscribers))
    relay.run()


if __name__ == "__main__":
    main()
