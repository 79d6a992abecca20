"""The relay: leases due deliveries, commits, and then publishes Celery messages of ids.

The lease is committed before the message is published, because a consumer skips rows that the relay still locks. Any number of relays
may run.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from shared.auth.teams import LOOK_EVERY, known_teams
from shared.crash_points import crash_point
from shared.events import leases
from shared.events.consumer import SENDS_TOGETHER
from shared.events.messages import MessageFormat, message_broker
from shared.events.subscriptions import subscribers
from shared.runtime.logs import configure, logger
from shared.settings import PlatformSettings, read

# Measured: routing reaches its best rate at 200 ids a message and 8 messages outstanding; more only moves the backlog to Redis.
IDS_A_MESSAGE = 200
MESSAGES_OUTSTANDING = 8
# Seconds between rounds: what becomes due meanwhile travels in one message. On average half of it is added to the time from
# submission to queue. Under load the shorter pause is enough for large messages; without load a message costs more than the tickets
# in it, and 50 ms are not noticed.
BUSY_PAUSE = 0.045
CALM_PAUSE = 0.09
BUSY_AT = 200.0  # deliveries a second, on average over AVERAGED_OVER seconds
AVERAGED_OVER = 1.0
# Seconds between looks at Redis while nothing is due: it may have lost its messages.
EPOCH_EVERY = 1.0
REST_SECONDS = 0.5
EPOCH_KEY = "vidare:epoch"
TRANSIENT = (RedisError, SQLAlchemyError, OSError)

log = logger(__name__)


@dataclass
class Relay:
    """Publishes due deliveries, one round at a time."""

    engine: Engine
    redis: "Redis"
    subscribers: Sequence[str]
    # Looks for teams that were added; it returns all subscribers.
    look: Callable[[], Sequence[str]] | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    _rest_until: dict[str, float] = field(default_factory=dict)
    _epoch_at: float = 0.0
    _look_at: float = 0.0
    _capacity: dict[str, int] = field(default_factory=dict)
    _format: MessageFormat = field(default_factory=MessageFormat)

    def run(self) -> None:
        """Run rounds until `stopping` is set; a server that is down is tried again without end."""
        rate, last = 0.0, time.monotonic()
        while not self.stopping.is_set():
            begun = time.monotonic()
            try:
                published = self.round()
            except TRANSIENT as error:
                log.warning("relay waits", error=type(error).__name__)
                self.stopping.wait(REST_SECONDS)
                continue
            elapsed, last = max(begun - last, 0.001), begun
            rate += (published / elapsed - rate) * min(1.0, elapsed / AVERAGED_OVER)
            pause = BUSY_PAUSE if rate > BUSY_AT else CALM_PAUSE
            # Of a backlog the next round leases at once.
            if published < IDS_A_MESSAGE:
                self.stopping.wait(max(0.0, begun + pause - time.monotonic()))

    def round(self) -> int:
        """Publish what is due for every subscriber; returns the number of deliveries.

        Raises RedisError or SQLAlchemyError when either is down. An error with one subscriber pauses that one for REST_SECONDS.
        """
        now = time.monotonic()
        if now >= self._look_at:
            self._look_for_teams(now)
        waiting = leases.due_subscribers(self.engine, self.subscribers)
        now = time.monotonic()
        waiting = [name for name in waiting if self._rest_until.get(name, 0.0) <= now]
        if now >= self._epoch_at or any(self._capacity.get(name, 0) <= 0 for name in waiting):
            self._look_at_redis(waiting)
        published = 0
        for name in waiting:
            try:
                published += self._relay_one(name)
            except TRANSIENT as error:
                log.warning("queue paused", subscriber=name, error=type(error).__name__)
                self._rest_until[name] = time.monotonic() + REST_SECONDS
                self._capacity.pop(name, None)
        return published

    def _look_for_teams(self, now: float) -> None:
        self._look_at = now + LOOK_EVERY
        if self.look is None:
            return
        try:
            self.subscribers = self.look()
        except SQLAlchemyError as error:
            # The subscribers that are known are relayed to meanwhile.
            log.warning("could not look for new teams", error=type(error).__name__)

    def _look_at_redis(self, waiting: Sequence[str]) -> None:
        """Learn how many more messages these queues may hold. Begins a new epoch when Redis has lost its key, and so its messages."""
        pipeline = self.redis.pipeline(transaction=False)
        pipeline.get(EPOCH_KEY)
        for name in waiting:
            pipeline.llen(name)
        # A key of the wrong type affects one queue only: its result is the error, and it gets no messages.
        epoch, *lengths = pipeline.execute(raise_on_error=False)
        if isinstance(epoch, Exception):
            raise epoch
        if epoch is None:
            self._begin_epoch()
        self._epoch_at = time.monotonic() + EPOCH_EVERY
        # Of a queue that nothing waits for, nothing is known any more.
        self._capacity = {
            name: MESSAGES_OUTSTANDING - length
            for name, length in zip(waiting, lengths, strict=True)
            if isinstance(length, int)
        }

    def _begin_epoch(self) -> None:
        """Make everything in flight due. The key is set last, so that a crash in between repeats the work."""
        moved = leases.make_due(self.engine)
        self.redis.set(EPOCH_KEY, str(time.time()))
        crash_point("relay.epoch_begun")
        log.warning("new epoch: redis was empty", deliveries=moved)

    def _relay_one(self, subscriber: str) -> int:
        messages = self._capacity.get(subscriber, 0)
        if messages <= 0:
            return 0
        leased = leases.lease(self.engine, subscriber, messages * IDS_A_MESSAGE)
        if leased.deliveries:
            self._publish_or_release(subscriber, leased.deliveries)
        if leased.passed_over:
            leases.move_blocked(self.engine, subscriber)
        return len(leased.deliveries)

    def _publish_or_release(self, subscriber: str, deliveries: Sequence[leases.LeasedDelivery]) -> None:
        messages = [self._format.message(subscriber, ids) for ids in _messages(deliveries)]
        try:
            # One command, so all or none. It answers with the queue's length.
            length = self.redis.lpush(subscriber, *messages)
        except (RedisError, OSError):
            leases.release(self.engine, subscriber, [delivery.id for delivery in deliveries])
            raise
        crash_point("relay.published")
        self._capacity[subscriber] = MESSAGES_OUTSTANDING - int(length)


def _messages(deliveries: Sequence[leases.LeasedDelivery]) -> list[list[int]]:
    """Ids by message: IDS_A_MESSAGE together, but one that came back too often alone, so that it cannot affect others."""
    alone = [[delivery.id] for delivery in deliveries if delivery.sends > SENDS_TOGETHER]
    together = [delivery.id for delivery in deliveries if delivery.sends <= SENDS_TOGETHER]
    return [together[start : start + IDS_A_MESSAGE] for start in range(0, len(together), IDS_A_MESSAGE)] + alone


def make_relay(settings: PlatformSettings) -> Relay:
    """A relay on real servers, for every subscriber that the settings' teams and those of the table imply."""
    redis = message_broker(settings)
    engine = leases.leasing_engine(settings)
    return Relay(
        engine, redis, subscribers(settings.teams), look=lambda: subscribers(known_teams(engine, settings.teams))
    )


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
