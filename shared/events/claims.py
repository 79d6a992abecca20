"""The relay's statements on events.deliveries. Each is a short transaction that skips what others hold, and waits for nobody."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

# A statement of the relay never waits for a frozen consumer longer than this.
_LOCK_TIMEOUT = text("set local lock_timeout = '200ms'")
_STEP = 5000

# The second condition is asked for due rows only: a ticket's later events wait until no earlier unparked one is left.
_CLAIM = text("""
    with due as (
        select d.id from events.deliveries d
        where d.subscriber = :subscriber and d.parked_at is null and d.due_at <= clock_timestamp()
          and not exists (
              select 1 from events.deliveries earlier
              where earlier.subscriber = d.subscriber and earlier.ticket = d.ticket
                and earlier.parked_at is null and earlier.id < d.id)
        order by d.due_at, d.id limit :most
        for update of d skip locked
    )
    update events.deliveries d
    set sends = d.sends + 1,
        -- 2 s for the first three sends, then doubling to 10 minutes
        due_at = clock_timestamp() + make_interval(secs => least(600, 2 * power(2, greatest(0, least(d.sends, 20) - 2))))
    from due where d.subscriber = :subscriber and d.id = due.id
    returning d.id, d.sends
""")

_DUE_SUBSCRIBERS = text("""
    select name from unnest(cast(:names as text[])) as name
    where exists (
        select 1 from events.deliveries d
        where d.subscriber = name and d.parked_at is null and d.due_at <= clock_timestamp())
""")

# An event recorded behind one that backs off is due, and would be looked at in vain each round: it waits with its first.
_MOVE_BLOCKED = text("""
    with blocked as (
        select d.id, head.not_before from events.deliveries d
        cross join lateral (
            select first.not_before from events.deliveries first
            where first.subscriber = d.subscriber and first.ticket = d.ticket and first.parked_at is null
            order by first.id limit 1) head
        where d.subscriber = :subscriber and d.parked_at is null and d.due_at <= clock_timestamp()
          and head.not_before > clock_timestamp()
        order by d.due_at, d.id limit :step
        for update of d skip locked
    )
    update events.deliveries d set due_at = blocked.not_before
    from blocked where d.subscriber = :subscriber and d.id = blocked.id
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
        where parked_at is null and sends > 0 and due_at > clock_timestamp() and not_before <= clock_timestamp()
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


def due_subscribers(engine: Engine, names: Sequence[str]) -> list[str]:
    """Those of the subscribers that have something due."""
    if not names:
        return []
    with engine.connect() as connection, connection.begin():
        return list(connection.execute(_DUE_SUBSCRIBERS, {"names": list(names)}).scalars())


def claim(engine: Engine, subscriber: str, most: int) -> list[Claimed]:
    """Push the due time of up to `most` due deliveries forward and return them: of each ticket the first unparked only."""
    with engine.begin() as connection:
        connection.execute(_LOCK_TIMEOUT)
        rows = connection.execute(_CLAIM, {"subscriber": subscriber, "most": most}).all()
    return sorted((Claimed(row.id, row.sends) for row in rows), key=lambda claimed: claimed.id)


def move_blocked(engine: Engine, subscriber: str) -> None:
    """Let due deliveries wait that stand behind one of their ticket that backs off, until that one's time has come."""
    with engine.begin() as connection:
        connection.execute(_LOCK_TIMEOUT)
        connection.execute(_MOVE_BLOCKED, {"subscriber": subscriber, "step": _STEP})


def give_back(engine: Engine, subscriber: str, ids: Sequence[int]) -> None:
    """Make deliveries due again whose publishing failed, and take the send back."""
    with engine.begin() as connection:
        connection.execute(_LOCK_TIMEOUT)
        connection.execute(_GIVE_BACK, {"subscriber": subscriber, "ids": list(ids)})


def all_due_now(engine: Engine) -> int:
    """Make everything in flight due, in short steps; returns how many. It touches the due time only."""
    moved = 0
    while True:
        with engine.begin() as connection:
            step = _due_now_step(connection)
        moved += step
        if step < _STEP:
            return moved


def _due_now_step(connection: Connection) -> int:
    connection.execute(_LOCK_TIMEOUT)
    return connection.execute(_DUE_NOW, {"step": _STEP}).rowcount
