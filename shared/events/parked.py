"""Parked deliveries: listing and replaying them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from shared.errors import Unprocessable

# A bigint has 18 digits safely; a subscriber is a service's name or team.<team>.
_ID = re.compile(r"[0-9]{1,18}:[!-~]+")

_LIST = text("""
    select d.id, d.subscriber, d.ticket, d.failures, d.last_error, d.parked_at, l.type, l.occurred_at
    from events.deliveries d join events.log l on l.id = d.id
    where d.parked_at is not null and (d.id, d.subscriber) > (:after_id, :after_subscriber)
    order by d.id, d.subscriber limit :limit
""")

# Rows locked by another replay are skipped. The due times of later events stay: they are behind it and have back-offs of their own.
_REPLAY = text("""
    with chosen as (
        select id, subscriber from events.deliveries
        where parked_at is not null
          and (cast(:ids as text[]) is null or id || ':' || subscriber = any(cast(:ids as text[])))
        order by id, subscriber for update skip locked
    )
    update events.deliveries d
    set parked_at = null, due_at = clock_timestamp(), not_before = clock_timestamp(),
        sends = 0, solo_starts = 0, failures = 0, delays = 0, delayed_since = null
    from chosen where d.subscriber = chosen.subscriber and d.id = chosen.id
    returning d.id, d.subscriber
""")


@dataclass(frozen=True)
class Parked:
    """A delivery that waits to be replayed. `id`: log id and subscriber."""

    id: str
    subscriber: str
    type: str
    ticket: str | None
    failures: int
    error: str | None
    occurred_at: datetime
    parked_at: datetime


def list_parked(connection: Connection, limit: int, after: str | None = None) -> list[Parked]:
    """Parked deliveries in the order recorded, those after the id `after`.

    Raises Unprocessable when `after` is not the id of a delivery.
    """
    number, _, subscriber = (after or "0:-").partition(":")
    if after is not None and not _ID.fullmatch(after):
        raise Unprocessable({"cursor": ["Not a cursor of this list."]})
    rows = connection.execute(_LIST, {"after_id": int(number), "after_subscriber": subscriber, "limit": limit})
    return [
        Parked(
            id=f"{row.id}:{row.subscriber}",
            subscriber=row.subscriber,
            type=row.type,
            ticket=row.ticket,
            failures=row.failures,
            error=row.last_error,
            occurred_at=row.occurred_at,
            parked_at=row.parked_at,
        )
        for row in rows
    ]


def replay_parked(connection: Connection, ids: Sequence[str] | None = None) -> list[str]:
    """Make parked deliveries due again with all counters at zero: those of `ids`, or all; returns the ids that were parked."""
    wanted = None if ids is None else [each for each in ids if _ID.fullmatch(each)]
    rows = connection.execute(_REPLAY, {"ids": wanted}).all()
    return [f"{row.id}:{row.subscriber}" for row in sorted(rows, key=lambda row: (row.id, row.subscriber))]
