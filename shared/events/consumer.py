"""Handling deliveries: each exactly once, in one transaction with the handler's own writes.

A repeated message does nothing, since its rows are gone; a lost one comes back, since its rows are still there.
"""

import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Row, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.crash_points import crash_point
from shared.errors import PermanentError
from shared.events.contracts import RecordedEvent
from shared.events.failures import MAX_SOLO_STARTS, describe, fail, park_as_dead
from shared.events.transaction import transaction
from shared.runtime.logs import logger
from shared.storage.database import is_transient

Handler = Callable[[Connection, Sequence[RecordedEvent]], None]

# From the relay's redelivery: after three sends without an outcome a delivery travels alone.
SENDS_TOGETHER = 3

# The commit does not wait for the disk: if a crash of PostgreSQL loses it, the deliveries are there again, and all that followed from
# them is lost with it, since a later commit that did wait, before a call to the outside, would have written this one too.
_LOCK = text("""
    with lazily as materialized (select set_config('synchronous_commit', 'off', true))
    select d.id, d.sends, d.solo_starts,
           l.event_id, l.type, l.version, l.ticket, l.correlation_id, l.occurred_at, l.payload, l.personal
    from lazily cross join events.deliveries d join events.log l on l.id = d.id
    where d.subscriber = :subscriber and d.id = any(:ids) and not d.parked and d.not_before <= clock_timestamp()
      and l.id between :first and :last  -- so that the log's other partitions are not looked into
    order by d.id
    for update of d skip locked
""")

_MARK_SOLO_START = text("""
    update events.deliveries set solo_starts = solo_starts + 1
    where (subscriber, id) in (
        select subscriber, id from events.deliveries where subscriber = :subscriber and id = :id for update skip locked)
""")

_UNMARK_SOLO_START = text("""
    update events.deliveries set solo_starts = greatest(0, solo_starts - 1)
    where (subscriber, id) in (
        select subscriber, id from events.deliveries where subscriber = :subscriber and id = :id for update skip locked)
""")

# Upper bounds in seconds of the histogram of events.handled; the last bucket has none. From the promises: 100 ms at the median,
# 500 ms at p99, recovery within 5 s, then the back-off's minutes.
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 600.0)

_FINISH = text("""
    with gone as (
        delete from events.deliveries where subscriber = :subscriber and id = any(:ids) returning id, ticket
    ), next as (
        -- The relay made a ticket's later events due later; the next one is due now. A locked row is redelivered at its due time.
        select waiting.id from gone cross join lateral (
            select d.id, d.due_at, d.sends from events.deliveries d
            where d.subscriber = :subscriber and d.ticket = gone.ticket and not d.parked and d.id > gone.id
            order by d.id limit 1 for update skip locked) waiting
        -- One that only waits for others to travel with keeps its time.
        where waiting.sends = 0 and waiting.due_at > statement_timestamp() + interval '250 ms'
    ), woken as (
        update events.deliveries d set due_at = greatest(clock_timestamp(), d.not_before)
        from next where d.subscriber = :subscriber and d.id = next.id
    ), ages as (
        select extract(epoch from clock_timestamp() - occurred_at) as age from unnest(cast(:occurred as timestamptz[])) as occurred_at
    )
    insert into events.handled (subscriber, events, seconds, buckets)
    select :subscriber, count(*), coalesce(sum(age), 0), array(
        select count(ages.age)
        from generate_series(0, cardinality(cast(:bounds as float8[]))) as bucket
        left join ages on width_bucket(ages.age::float8, cast(:bounds as float8[])) = bucket
        group by bucket order by bucket)
    from ages
""")

log = logger(__name__)


class Consumer:
    """Handles one subscriber's deliveries with a handler for each event type."""

    def __init__(
        self,
        engine: Engine,
        subscriber: str,
        handlers: Mapping[str, Handler],
        pass_suspect: Callable[[int], None] | None = None,
    ) -> None:
        """`pass_suspect` handles a suspect elsewhere, for a process that must not die of it."""
        self._engine = engine
        self._subscriber = subscriber
        self._handlers = handlers
        self._pass_suspect = pass_suspect

    def consume(self, ids: Sequence[int]) -> int:
        """Handle those of the deliveries that still exist, are due and not locked; returns how many.

        Never raises for an error in an event: it is counted on the event's delivery. After a transient error of PostgreSQL the rows
        are redelivered.
        """
        try:
            return self._handle(ids)
        except Exception as error:
            if self._is_left(error, ids):
                return 0
            if len(ids) == 1:
                self._count_failure(ids[0], error)
                return 0
            return sum(self._handle_alone(delivery) for delivery in ids)

    def _handle_alone(self, delivery: int) -> int:
        try:
            return self._handle([delivery])
        except Exception as error:
            if not self._is_left(error, [delivery]):
                self._count_failure(delivery, error)
            return 0

    def _handle(self, ids: Sequence[int]) -> int:
        """One transaction: lock the rows, let the handlers write, delete the rows."""
        with self._engine.connect() as connection:
            with transaction(connection):
                rows = self._lock(connection, ids)
                suspect = rows[0] if len(rows) == 1 and rows[0].sends > SENDS_TOGETHER else None
                if suspect is None:
                    self._run(connection, rows)
            crash_point("consumer.committed")
            return self._log_handled(rows) if suspect is None else self._handle_suspect(connection, suspect)

    def _handle_suspect(self, connection: Connection, suspect: Row[Any]) -> int:
        """Handle a delivery that came back too often: count the start first, as it may kill this process, and park it after the last."""
        if suspect.solo_starts >= MAX_SOLO_STARTS:
            with connection.begin():
                rows = self._lock(connection, [suspect.id])
                if rows:
                    park_as_dead(connection, self._subscriber, suspect.id)
                    log.error(
                        "delivery parked", subscriber=self._subscriber, delivery=suspect.id, error="its worker died"
                    )
            crash_point("consumer.dead_parked")
            return 0
        # Not before it was begun alone without an outcome: where all workers were away, every delivery was sent that often.
        if self._pass_suspect is not None and suspect.solo_starts > 0:
            self._pass_suspect(suspect.id)
            return 0
        with connection.begin():
            connection.execute(_MARK_SOLO_START, {"subscriber": self._subscriber, "id": suspect.id})
        crash_point("consumer.solo_marked")
        try:
            with transaction(connection):
                rows = self._lock(connection, [suspect.id])
                self._run(connection, rows)
            crash_point("consumer.solo_committed")
            return self._log_handled(rows)
        except Exception as error:
            if _is_transient(error):
                self._unmark(suspect.id)
            raise

    def _unmark(self, delivery: int) -> None:
        """Do not count a start that PostgreSQL ended, since it says nothing about the event. Best effort."""
        with suppress(SQLAlchemyError), self._engine.begin() as connection:
            connection.execute(_UNMARK_SOLO_START, {"subscriber": self._subscriber, "id": delivery})
        crash_point("consumer.solo_unmarked")

    def _lock(self, connection: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
        if not ids:
            return []
        values = {"subscriber": self._subscriber, "ids": list(ids), "first": min(ids), "last": max(ids)}
        return connection.execute(_LOCK, values).all()

    def _run(self, connection: Connection, rows: Sequence[Row[Any]]) -> None:
        if not rows:
            return
        # One handler call a type, in the order recorded within it. A batch holds a ticket once, unless a parked event was replayed.
        by_type = sorted(rows, key=lambda row: (row.type, row.id))
        for kind, group in groupby(by_type, key=lambda row: str(row.type)):
            handler = self._handlers.get(kind)
            if handler is None:
                raise PermanentError(f"{self._subscriber} has no handler for {kind}")
            handler(connection, [_recorded(row) for row in group])
        crash_point("consumer.handled")
        finished = {"ids": [row.id for row in rows], "occurred": [row.occurred_at for row in rows]}
        connection.execute(_FINISH, {"subscriber": self._subscriber, "bounds": list(BUCKETS), **finished})
        crash_point("consumer.finished")

    def _log_handled(self, rows: Sequence[Row[Any]]) -> int:
        """One log line a batch, not one an event: a line costs as much as routing a ticket."""
        if rows:
            ids = [row.correlation_id for row in rows]
            log.info("handled", subscriber=self._subscriber, events=len(rows), correlation_ids=ids)
        return len(rows)

    def _is_left(self, error: Exception, ids: Sequence[int]) -> bool:
        """Whether the error is transient, so that the deliveries are left to their redelivery; logs it."""
        if not _is_transient(error):
            return False
        cause = error.orig if isinstance(error, DBAPIError) else error
        log.warning(
            "deliveries left for later", subscriber=self._subscriber, deliveries=len(ids), error=type(cause).__name__
        )
        return True

    def _count_failure(self, delivery: int, error: Exception) -> None:
        # The traceback without the messages: these may quote what a person wrote.
        stack = "".join(traceback.format_tb(error.__traceback__))
        log.warning(
            "delivery failed", subscriber=self._subscriber, delivery=delivery, error=type(error).__name__, place=stack
        )
        try:
            with self._engine.begin() as connection:
                fail(connection, self._subscriber, delivery, error)
            crash_point("consumer.failure_counted")
        except SQLAlchemyError as second:
            # The failure is not counted, and the delivery is redelivered. Go on with the others of its batch.
            if not self._is_left(second, [delivery]):
                log.error("failure not counted", subscriber=self._subscriber, delivery=delivery, error=describe(second))


def _is_transient(error: Exception) -> bool:
    return is_transient(error) or isinstance(error, PoolTimeout)


def _recorded(row: Row[Any]) -> RecordedEvent:
    return RecordedEvent(
        id=row.id,
        event_id=row.event_id,
        type=row.type,
        version=row.version,
        ticket=row.ticket,
        correlation_id=row.correlation_id,
        occurred_at=row.occurred_at,
        payload=row.payload,
        personal=row.personal or {},
    )
