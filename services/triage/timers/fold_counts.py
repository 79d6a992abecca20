"""Folds the appended counts, so that reading a queue's size stays cheap."""

from sqlalchemy import Connection, text

# What others are appending meanwhile is not seen, and is left for the next time.
_FOLD = text("""
    with taken as (
        delete from triage.queue_counts where ctid = any(array(
            select ctid from triage.queue_counts limit 20000 for update skip locked))
        returning team, state, change
    )
    insert into triage.queue_counts (team, state, change)
    select team, state, sum(change) from taken group by team, state having sum(change) <> 0
""")


def fold_counts(connection: Connection) -> None:
    """Replace the rows by one a team and state."""
    connection.execute(_FOLD)
