"""Figures of the event mechanism: deliveries waiting and parked, age of the oldest, time from recorded to handled."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

_STATE = text("""
    with state as (select subscriber,
           count(*) filter (where parked_at is null) as waiting,
           count(*) filter (where parked_at is null and not_before > clock_timestamp()) as backing_off,
           count(*) filter (where parked_at is not null) as parked,
           coalesce(extract(epoch from clock_timestamp() - min(due_at)
                    filter (where parked_at is null and due_at <= clock_timestamp())), 0) as oldest_due_seconds,
           min(id) filter (where parked_at is null and not_before <= clock_timestamp()) as oldest
        from events.deliveries group by subscriber)
    select state.*, coalesce(extract(epoch from clock_timestamp() - log.occurred_at), 0) as oldest_seconds
    from state left join events.log on log.id = state.oldest
""")

_HANDLED = text("""
    select subscriber, sum(events) as events, sum(seconds) as seconds, array(
        select sum(h2.buckets[i]) from events.handled h2, generate_series(1, :buckets) as i
        where h2.subscriber = h.subscriber group by i order by i) as buckets
    from events.handled h group by subscriber
""")

# Replaces a subscriber's rows by their sum. Rows that are locked or inserted meanwhile are left to the next run.
_FOLD = text("""
    with folded as (
        delete from events.handled where ctid = any(array(
            select ctid from events.handled order by at limit 20000 for update skip locked))
        returning subscriber, events, seconds, buckets
    ), cells as (
        select subscriber, i, sum(buckets[i]) as cell
        from folded, generate_series(1, :buckets) as i group by subscriber, i
    )
    insert into events.handled (subscriber, events, seconds, buckets)
    select t.subscriber, sum(t.events), sum(t.seconds),
           (select array_agg(c.cell order by c.i) from cells c where c.subscriber = t.subscriber)
    from folded t group by t.subscriber
""")

_HAS_WAITING = text("""
    select exists (select from events.deliveries where subscriber = :subscriber and ticket = :ticket and not parked)
        or exists (select from events.deliveries where subscriber = :subscriber and ticket = :ticket and parked_at is not null)
""")


@dataclass(frozen=True)
class Backlog:
    """One subscriber's deliveries now.

    `oldest_due_seconds`: how long the relay has not sent the oldest due one. `oldest_seconds`: how long ago the oldest was recorded
    that is not handled, those that back off left out.
    """

    subscriber: str
    waiting: int
    backing_off: int
    parked: int
    oldest_due_seconds: float
    oldest_seconds: float


@dataclass(frozen=True)
class Handled:
    """A subscriber's totals; `buckets` is a histogram over the consumer's BUCKETS, the last without an upper bound."""

    subscriber: str
    events: int
    seconds: float
    buckets: Sequence[int]


def backlog(connection: Connection) -> list[Backlog]:
    """The state of every subscriber that has deliveries. The table is small, since handled ones are deleted."""
    return [
        Backlog(
            row.subscriber,
            row.waiting,
            row.backing_off,
            row.parked,
            float(row.oldest_due_seconds),
            float(row.oldest_seconds),
        )
        for row in connection.execute(_STATE)
    ]


def has_waiting(connection: Connection, subscriber: str, ticket: str) -> bool:
    """Whether the subscriber still has to handle an event about this ticket, a parked one included."""
    found: bool = connection.execute(_HAS_WAITING, {"subscriber": subscriber, "ticket": ticket}).scalar_one()
    return found


def handled(connection: Connection, buckets: int) -> list[Handled]:
    """Totals since the beginning for each subscriber; `buckets` is the number of the histogram's cells."""
    return [
        Handled(row.subscriber, int(row.events), float(row.seconds), [int(cell) for cell in row.buckets])
        for row in connection.execute(_HANDLED, {"buckets": buckets})
    ]


def fold_handled(connection: Connection, buckets: int) -> None:
    """Replace the appended rows by one a subscriber, so that reading the totals stays cheap. A tick runs it."""
    connection.execute(_FOLD, {"buckets": buckets})
