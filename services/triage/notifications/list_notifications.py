"""Lists a person's notifications, and counts those that they have not read."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, Row, text

# The badge shows no larger number.
MOST_COUNTED = 100

_LIST = """
    select id, kind, ticket, facts, at, read_at from triage.notifications
    where account = :account and id < :before {which} order by id desc limit :limit
"""
_ALL = text(_LIST.format(which=""))
_UNREAD = text(_LIST.format(which="and read_at is null"))
_COUNT = text("""
    select count(*) from (select from triage.notifications where account = :account and read_at is null limit :most) counted
""")


def list_notifications(
    connection: Connection, account: UUID, *, unread: bool, before: int, limit: int
) -> Sequence[Row[object]]:
    """The newest with an id below `before`; `unread`: only those that were not read."""
    values = {"account": account, "before": before, "limit": limit}
    return connection.execute(_UNREAD if unread else _ALL, values).all()


def count_unread(connection: Connection, account: UUID) -> int:
    """How many the person has not read, at most MOST_COUNTED."""
    count: int = connection.execute(_COUNT, {"account": account, "most": MOST_COUNTED}).scalar_one()
    return count
