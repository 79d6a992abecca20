"""Delete the changed tickets that old replays list; their figures stay."""

from sqlalchemy import Connection, text

KEPT_DAYS = 90
BATCH = 5_000

_DELETE = text("""
    delete from triage.replay_changes where (replay, number) in (
        select c.replay, c.number from triage.replay_changes c join triage.replays r on r.id = c.replay
        where r.created_at < clock_timestamp() - make_interval(days => :days) and r.state not in ('queued', 'running')
        limit :limit)
""")


def clear_replays(connection: Connection) -> bool:
    """Delete a batch. Returns whether there may be more."""
    return connection.execute(_DELETE, {"days": KEPT_DAYS, "limit": BATCH}).rowcount == BATCH
