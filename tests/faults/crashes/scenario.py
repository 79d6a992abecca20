"""A scene of a crash test, and the servers it plays on."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from redis import Redis
from sqlalchemy import Engine, text

from shared.storage.object_store import ObjectStore
from tests import clean_database as cleaning
from tests.faults.crashes.forking import Forker
from tests.faults.notify.peer import Peer
from tests.integration.triage.webhooks.conftest import Receiver

ORPHAN = "an object that no row names; swept when it is a day old"
SAME_MAIL = "the mail comes twice, with the same Message-ID"
SAME_CALL = "the call is made twice, with the same event id"
# Of the store.
FOLDERS = ("attachments", "mail", "uploads")
A_WHILE = "a row kept for an hour for a file that never came"


@dataclass(frozen=True)
class World:
    """The servers of a scene, empty at its beginning."""

    engine: Engine
    store: ObjectStore
    environment: Mapping[str, str]
    forker: Forker
    peer: Peer
    receiver: Receiver

    def clear(self) -> None:
        """Empty everything for the next scene."""
        self.sql(DROP_TRIGGER)
        cleaning.clean(self.environment["VIDARE_DATABASE_URL"])
        for folder in FOLDERS:
            for name, _ in list(self.store.list_objects(folder)):
                self.store.delete(name)
        with Redis.from_url(self.environment["VIDARE_REDIS_URL"]) as redis:
            redis.flushall()
        for kept in (self.peer.recipients, self.peer.accepted, self.receiver.got):
            kept.clear()

    def put_long_ago(self, name: str) -> None:
        """An object that is 25 hours old: rclone takes an object's time from its metadata."""
        at = str(time.time() - 25 * 3600)
        self.store._client.put_object(
            Bucket=self.environment["VIDARE_S3_BUCKET"], Key=name, Body=b"x", Metadata={"mtime": at}
        )

    def sql(self, statement: str, **parameters: Any) -> Any:
        """The first row, where there is one."""
        with self.engine.begin() as connection:
            result = connection.execute(text(statement), parameters)
            return result.first() if result.returns_rows else None

    def do(self, work: str, *arguments: Any, **settings: str) -> Any:
        """Run `work` without a crash; returns its result."""
        end = self.forker.run(work, {**self.environment, "VIDARE_CRASH_AT": "", **settings}, *arguments)
        assert end.status == 0, f"{work} failed"
        return end.result

    def let_time_pass(self) -> None:
        """Let leases end and make due what was put off; senders whose lock is free were seen without it a minute ago."""
        for statement in _TIME_PASSES:
            self.sql(statement)


# For the scene in which PostgreSQL ends an attempt.
DROP_TRIGGER = "drop function if exists public.ends_it() cascade"

_TIME_PASSES = (
    "update intake.attachments set leased_until = now() - interval '1 second', not_before = now()",
    "update triage.uploads set leased_until = now() - interval '1 second', not_before = now()",
    # A submission without a key is recognised for ten minutes; a reader that comes later must recognise it by the mail's id.
    "delete from intake.idempotency where kind = 'content'",
    "update intake.inbound_mails set leased_until = now() - interval '1 second', not_before = now()",
    "update intake.staged_uploads set staged_at = staged_at - interval '2 hours'",
    "update triage.webhook_calls set leased_until = leased_until - interval '1 hour', due_at = now() - interval '1 second'",
    "update triage.bulks set touched_at = touched_at - interval '1 minute' where touched_at > '-infinity'",
    "update triage.replays set touched_at = touched_at - interval '1 minute'",
    "update notify.emails set ownerless_since = ownerless_since - interval '1 minute' where state = 'sending'",
    "update events.deliveries set due_at = now() where not_before <= now() and not parked",
)


@dataclass(frozen=True)
class Scenario:
    """`scene` prepares it and returns the arguments of `work`, which dies at each of `points` in turn and is then run again.

    `settings`: of the work alone. `afterwards`: what the system does later by itself. `tolerated`: what may differ, by crash point.
    `traceless`: it leaves nothing behind even without a crash.
    """

    name: str
    points: Sequence[str]
    scene: Callable[[World], Sequence[Any]]
    work: str
    settings: Mapping[str, str] = field(default_factory=dict)
    afterwards: Callable[[World], object] | None = None
    tolerated: Mapping[str, str] = field(default_factory=dict)
    traceless: bool = False
