"""Reads what changed after a position."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, TextClause, text

from services.triage.live.position import Point, Position, Track, tracked

# At the beginning so many ids before the newest are looked at for some that are not committed yet.
LOOKED_BACK = 200

# What happens to a merged ticket is shown with the surviving one, too.
# Two index scans each; an `or` would let the planner read the table from its beginning.
_LINES = text("""
    with found as (
        (select id, ticket, kind, facts from triage.timeline where id = any(cast(:missing as bigint[])))
        union all
        (select id, ticket, kind, facts from triage.timeline where id > :newest order by id limit :limit)
    )
    select f.id, t.reference, t.team, case when f.kind in ('transferred', 'bulk_undone') then f.facts ->> 'from' end as left_team
    from found f join triage.tickets t on t.reference = f.ticket
    union all
    select f.id, s.reference, s.team, null
    from found f join triage.tickets t on t.reference = f.ticket join triage.tickets s on s.reference = t.merged_into
    order by 1
""")
_NOTIFICATIONS = text("""
    with found as (
        (select id, account, kind, ticket from triage.notifications where id = any(cast(:missing as bigint[])))
        union all
        (select id, account, kind, ticket from triage.notifications where id > :newest order by id limit :limit)
    )
    select f.id, f.account, f.kind, f.ticket, t.team
    from found f join triage.tickets t on t.reference = f.ticket order by f.id
""")
_PRESENCE = text("""
    select p.change as id, p.ticket, t.team from triage.presence p join triage.tickets t on t.reference = p.ticket
    where p.change > :newest order by p.change limit :limit
""")
_NEWEST = """
    select coalesce((select max(id) from {table}), 0) as newest,
           array(select id from {table} where id > (select max(id) from {table}) - :back) as seen
"""
_NEWEST_LINES = text(_NEWEST.format(table="triage.timeline"))
_NEWEST_NOTIFICATIONS = text(_NEWEST.format(table="triage.notifications"))
# The number that was drawn last, or 0.
_NEWEST_PRESENCE = text("select case when is_called then last_value else 0 end from triage.presence_changes")


@dataclass(frozen=True)
class Line:
    """A timeline entry of a ticket. `left_team`: from which team it went away with it."""

    id: int
    ticket: str
    team: str
    left_team: str | None


@dataclass(frozen=True)
class Notification:
    """Something that the account is to hear of."""

    id: int
    account: object
    kind: str
    ticket: str
    team: str


@dataclass(frozen=True)
class Presence:
    """Somebody came to a ticket, left it, or began to write."""

    id: int
    ticket: str
    team: str


@dataclass(frozen=True)
class Changes:
    """What changed, in the order of ids."""

    lines: Sequence[Line]
    notifications: Sequence[Notification]
    presence: Sequence[Presence]

    def __bool__(self) -> bool:
        return bool(self.lines or self.notifications or self.presence)


def read_changes(connection: Connection, since: Position, limit: int) -> Changes:
    """At most `limit` changes of each kind."""
    lines = connection.execute(_LINES, _bounds(since.lines, limit))
    notifications = connection.execute(_NOTIFICATIONS, _bounds(since.notifications, limit))
    presence = connection.execute(_PRESENCE, {"newest": since.presence, "limit": limit})
    return Changes(
        [Line(*row) for row in lines],
        [Notification(*row) for row in notifications],
        [Presence(*row) for row in presence],
    )


def _bounds(point: Point, limit: int) -> dict[str, object]:
    return {"newest": point.newest, "missing": list(point.missing), "limit": limit}


@dataclass
class Tracks:
    """Where the process is in each of the tables."""

    lines: Track
    notifications: Track
    presence: int

    @property
    def position(self) -> Position:
        """The position of now."""
        return Position(self.lines.point, self.notifications.point, self.presence)


def read_newest(connection: Connection) -> Tracks:
    """Where all that is committed has been read, and what may still be committed below it has not."""
    now = time.monotonic()

    def track(statement: TextClause) -> Track:
        row = connection.execute(statement, {"back": LOOKED_BACK}).one()
        return tracked(row.newest, row.seen, max(row.newest - LOOKED_BACK, 0), now)

    presence = connection.execute(_NEWEST_PRESENCE).scalar_one()
    return Tracks(track(_NEWEST_LINES), track(_NEWEST_NOTIFICATIONS), presence)
