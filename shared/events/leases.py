"""The relay's statements on events.deliveries. Each is a short transaction that skips locked rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, text

from shared.crash_points import crash_point
from shared.settings import PlatformSettings
from shared.storage.database import autocommit, make_engine

# Settings of the relay's sessions. `lock_timeout`: no statement waits longer for a frozen consumer. `synchronous_commit`: a lease that
# a crash loses is given again, and a repeated message has no effect. The table is empty at one moment and holds ten thousand rows at
# the next, so its statistics mislead the planner: without sorts, bitmaps, hashes and sequential scans it can only follow an index in
# its order. Each statement below asks for an order that one index has, and for a row by its ctid.
_SESSION = {
    "lock_timeout": "200ms",
    "synchronous_commit": "off",
    # Each statement has one plan, so it is made once.
    "plan_cache_mode": "force_generic_plan",
    **{f"enable_{way}": "off" for way in ("sort", "seqscan", "bitmapscan", "hashjoin", "mergejoin", "material")},
}
_STEP = 5000
# Due rows read beyond those wanted. It must exceed what frozen consumers may hold (200 each), or they would hide the rest. It also
# bounds a statement's time when one ticket has a hundred thousand deliveries.
_LOOK_BEYOND = 5000

# Times are compared with statement_timestamp(): clock_timestamp() is volatile, so that no index could find what is due. The rows read
# are locked one by one, in order, until there are enough. A ticket's first delivery is selected as the first entry from that ticket
# on: only deliveries_of_ticket has that order.
_LEASE = text("""
    with looked as materialized (
        select ctid as position from events.deliveries
        where subscriber = :subscriber and not parked and due_at <= statement_timestamp()
        order by due_at, id limit :look
    ), due as (
        select free.position from looked cross join lateral (
            select d.ctid as position from events.deliveries d
            where d.ctid = looked.position and not d.parked and d.due_at <= statement_timestamp()
              and (d.ticket is null or d.id = (
                  select first.id from events.deliveries first
                  where first.subscriber = :subscriber and first.ticket >= d.ticket and not first.parked
                  order by first.ticket, first.id limit 1))
            for update of d skip locked) free
        limit :most
    )
    update events.deliveries d
    set sends = d.sends + 1,
        -- 2 s for the first three sends, then doubling to 10 minutes
        due_at = clock_timestamp() + make_interval(secs => least(600, 2 * power(2, greatest(0, least(d.sends, 20) - 2))))
    from due where d.ctid = due.position
    returning d.id, d.sends, (select count(*) from looked) as looked
""")

# The first entry of the index is enough, however many rows back off.
_DUE_SUBSCRIBERS = text("""
    select name from unnest(cast(:names as text[])) as name
    where (select d.due_at from events.deliveries d
           where d.subscriber = name and not d.parked order by d.due_at, d.id limit 1) <= statement_timestamp()
""")

# A due delivery behind an earlier one of its ticket would be read in vain each round: move its due time to that of the ticket's first.
# The consumer that handles the first makes the next due, so the seconds matter only when that did not happen; they grow with the
# position, so that many deliveries do not become due together.
_MOVE_BLOCKED = text("""
    with looked as materialized (
        select ctid as position, id, ticket, not_before from events.deliveries
        where subscriber = :subscriber and not parked and due_at <= statement_timestamp()
        order by due_at, id limit :step
    ), blocked as materialized (
        select looked.position, greatest(
                   head.not_before,
                   statement_timestamp() + make_interval(secs => 2 + 0.02 * row_number() over (
                       partition by looked.ticket order by looked.id))) as due_at
        from looked cross join lateral (
            select first.id, first.not_before from events.deliveries first
            where first.subscriber = :subscriber and first.ticket >= looked.ticket and not first.parked
            order by first.ticket, first.id limit 1) head
        where head.id < looked.id
        union all
        -- Due, but backing off itself.
        select position, not_before from looked where not_before > statement_timestamp()
    ), free as (
        select one.position, blocked.due_at from blocked cross join lateral (
            select d.ctid as position from events.deliveries d
            where d.ctid = blocked.position and not d.parked and d.due_at <= statement_timestamp()
            for update of d skip locked) one
    )
    update events.deliveries d set due_at = free.due_at
    from free where d.ctid = free.position
""")

_RELEASE = text("""
    with released as (
        select id from events.deliveries
        where subscriber = :subscriber and id = any(:ids) and sends > 0 for update skip locked
    )
    update events.deliveries d set due_at = clock_timestamp(), sends = d.sends - 1
    from released where d.subscriber = :subscriber and d.id = released.id
""")

_MAKE_DUE = text("""
    with in_flight as (
        select subscriber, id from events.deliveries
        where (cast(:subscribers as text[]) is null or subscriber = any(cast(:subscribers as text[])))
          and not parked and sends > 0 and due_at > statement_timestamp() and not_before <= statement_timestamp()
        limit :step for update skip locked
    )
    update events.deliveries d set due_at = clock_timestamp()
    from in_flight where d.subscriber = in_flight.subscriber and d.id = in_flight.id
""")


@dataclass(frozen=True)
class LeasedDelivery:
    """A delivery to publish. `sends`: since its last outcome, this one included."""

    id: int
    sends: int


@dataclass(frozen=True)
class Leased:
    """Leased deliveries, in the order of ids. `passed_over`: others were due, but locked or behind another of their ticket."""

    deliveries: list[LeasedDelivery]
    passed_over: bool


def leasing_engine(settings: PlatformSettings) -> Engine:
    """The engine for these statements: each is a transaction of its own, in one round trip."""
    return make_engine(settings, application="vidare-relay", pool_size=2, session=_SESSION, ping=False)


def due_subscribers(engine: Engine, names: Sequence[str]) -> list[str]:
    """Those of the subscribers that have a due delivery."""
    if not names:
        return []
    with autocommit(engine) as connection:
        return list(connection.execute(_DUE_SUBSCRIBERS, {"names": list(names)}).scalars())


def lease(engine: Engine, subscriber: str, most: int) -> Leased:
    """Move the due time of up to `most` due deliveries ahead and return them: of each ticket only the first unparked one."""
    with autocommit(engine) as connection:
        rows = connection.execute(_LEASE, {"subscriber": subscriber, "most": most, "look": most + _LOOK_BEYOND}).all()
    crash_point("relay.leased")
    deliveries = sorted((LeasedDelivery(row.id, row.sends) for row in rows), key=lambda delivery: delivery.id)
    return Leased(deliveries, passed_over=len(rows) < most and (not rows or rows[0].looked > len(rows)))


def move_blocked(engine: Engine, subscriber: str) -> None:
    """Make due deliveries behind an earlier one of their ticket due later; called when a lease passed some over."""
    with autocommit(engine) as connection:
        connection.execute(_MOVE_BLOCKED, {"subscriber": subscriber, "step": _STEP})
    crash_point("relay.blocked_moved")


def release(engine: Engine, subscriber: str, ids: Sequence[int]) -> None:
    """Make deliveries due again whose publishing failed, and do not count the send."""
    with autocommit(engine) as connection:
        connection.execute(_RELEASE, {"subscriber": subscriber, "ids": list(ids)})
    crash_point("relay.released")


def make_due(engine: Engine, subscribers: Sequence[str] | None = None) -> int:
    """Make deliveries in flight due, of all or these subscribers, in short steps; returns how many.

    It changes only the due time and skips locked rows. It is safe while others work: a repeated message has no effect.
    """
    parameters = {"subscribers": None if subscribers is None else list(subscribers), "step": _STEP}
    moved = 0
    while True:
        with autocommit(engine) as connection:
            step = connection.execute(_MAKE_DUE, parameters).rowcount
        crash_point("events.made_due")
        moved += step
        if step < _STEP:
            return moved
