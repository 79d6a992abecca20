"""The relay's statements on events.deliveries. Each is a short transaction that skips what others hold, and waits for nobody."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, text

from shared.crash_points import crash_point
from shared.settings import PlatformSettings
from shared.storage.database import autocommit, make_engine

# What the relay's sessions do, all of them and nothing else. No statement waits for a frozen consumer longer than that. No claim waits
# for the disk: one that a crash forgets is made again, and a message that comes twice does nothing. And none is planned by what the
# table held at some moment, for the next one it is empty or holds ten thousand more: without sorts, bitmaps, hashes and scans of the
# whole the only plan left is to follow an index in its order. Each statement below asks for an order that one index alone has, and for
# a row by its place.
_MANNERS = {
    "lock_timeout": "200ms",
    "synchronous_commit": "off",
    **{f"enable_{way}": "off" for way in ("sort", "seqscan", "bitmapscan", "hashjoin", "mergejoin", "material")},
}
_STEP = 5000
# Due rows looked at beyond those wanted. It must exceed what frozen consumers may hold (200 each), or they would hide the rest; and
# it bounds a statement's time when one ticket has a line of a hundred thousand.
_LOOK_BEYOND = 5000

# Times are compared with statement_timestamp(): clock_timestamp() is volatile, so no index could be asked for what is due, and every
# look would read all that backs off. The rows looked at are locked one by one, in order, until there are enough. The first of a
# ticket's line is asked for as the first entry from that ticket on: in that order only deliveries_of_ticket has them.
_CLAIM = text("""
    with looked as materialized (
        select ctid as place from events.deliveries
        where subscriber = :subscriber and not parked and due_at <= statement_timestamp()
        order by due_at, id limit :look
    ), due as (
        select free.place from looked cross join lateral (
            select d.ctid as place from events.deliveries d
            where d.ctid = looked.place and not d.parked and d.due_at <= statement_timestamp()
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
    from due where d.ctid = due.place
    returning d.id, d.sends, (select count(*) from looked) as looked
""")

# The first entry of the index tells, however many rows back off.
_DUE_SUBSCRIBERS = text("""
    select name from unnest(cast(:names as text[])) as name
    where (select d.due_at from events.deliveries d
           where d.subscriber = name and not d.parked order by d.due_at, d.id limit 1) <= statement_timestamp()
""")

# What is due but stands behind an earlier event of its ticket would be looked at in vain each round. It waits until its first may
# come again; the consumer that handles the first wakes the next. So the seconds are a net for a wake that was missed, and a long
# line spreads out.
_MOVE_BLOCKED = text("""
    with looked as materialized (
        select ctid as place, id, ticket, not_before from events.deliveries
        where subscriber = :subscriber and not parked and due_at <= statement_timestamp()
        order by due_at, id limit :step
    ), blocked as materialized (
        select looked.place, greatest(
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
        select place, not_before from looked where not_before > statement_timestamp()
    ), free as (
        select one.place, blocked.due_at from blocked cross join lateral (
            select d.ctid as place from events.deliveries d
            where d.ctid = blocked.place and not d.parked and d.due_at <= statement_timestamp()
            for update of d skip locked) one
    )
    update events.deliveries d set due_at = free.due_at
    from free where d.ctid = free.place
""")

_GIVE_BACK = text("""
    with back as (
        select id from events.deliveries
        where subscriber = :subscriber and id = any(:ids) and sends > 0 for update skip locked
    )
    update events.deliveries d set due_at = clock_timestamp(), sends = d.sends - 1
    from back where d.subscriber = :subscriber and d.id = back.id
""")

_DUE_NOW = text("""
    with flying as (
        select subscriber, id from events.deliveries
        where (cast(:subscribers as text[]) is null or subscriber = any(cast(:subscribers as text[])))
          and not parked and sends > 0 and due_at > statement_timestamp() and not_before <= statement_timestamp()
        limit :step for update skip locked
    )
    update events.deliveries d set due_at = clock_timestamp()
    from flying where d.subscriber = flying.subscriber and d.id = flying.id
""")


@dataclass(frozen=True)
class Claimed:
    """A delivery to publish, and how often it has been sent since its last outcome, this time included."""

    id: int
    sends: int


@dataclass(frozen=True)
class Claim:
    """What was claimed, in the order of ids; `passed_over`: something was due that was not, behind another or in somebody's hands."""

    deliveries: list[Claimed]
    passed_over: bool


def leasing_engine(settings: PlatformSettings) -> Engine:
    """The engine for these statements: each of them is a transaction, at the cost of one round trip."""
    return make_engine(settings, application="vidare-relay", pool_size=2, session=_MANNERS, ping=False)


def due_subscribers(engine: Engine, names: Sequence[str]) -> list[str]:
    """Those of the subscribers that have something due."""
    if not names:
        return []
    with autocommit(engine) as connection:
        return list(connection.execute(_DUE_SUBSCRIBERS, {"names": list(names)}).scalars())


def claim(engine: Engine, subscriber: str, most: int) -> Claim:
    """Push the due time of up to `most` due deliveries forward and return them: of each ticket the first unparked only."""
    with autocommit(engine) as connection:
        rows = connection.execute(_CLAIM, {"subscriber": subscriber, "most": most, "look": most + _LOOK_BEYOND}).all()
    crash_point("relay.leased")
    deliveries = sorted((Claimed(row.id, row.sends) for row in rows), key=lambda claimed: claimed.id)
    return Claim(deliveries, passed_over=len(rows) < most and (not rows or rows[0].looked > len(rows)))


def move_blocked(engine: Engine, subscriber: str) -> None:
    """Let due deliveries wait that stand behind an earlier one of their ticket; called when a claim passed some over."""
    with autocommit(engine) as connection:
        connection.execute(_MOVE_BLOCKED, {"subscriber": subscriber, "step": _STEP})
    crash_point("relay.blocked_moved")


def give_back(engine: Engine, subscriber: str, ids: Sequence[int]) -> None:
    """Make deliveries due again whose publishing failed, and take the send back."""
    with autocommit(engine) as connection:
        connection.execute(_GIVE_BACK, {"subscriber": subscriber, "ids": list(ids)})
    crash_point("relay.released")


def all_due_now(engine: Engine, subscribers: Sequence[str] | None = None) -> int:
    """Make what is in flight due, everybody's or these subscribers', in short steps; returns how many.

    It touches the due time only, skips what anybody holds, and does no harm while others are at work: a repeated message does
    nothing.
    """
    parameters = {"subscribers": None if subscribers is None else list(subscribers), "step": _STEP}
    moved = 0
    while True:
        with autocommit(engine) as connection:
            step = connection.execute(_DUE_NOW, parameters).rowcount
        crash_point("events.made_due")
        moved += step
        if step < _STEP:
            return moved
