"""Sums up the appended queue counts, so that reading them stays cheap."""

from sqlalchemy import Connection, text

# Rows of transactions that are not committed yet are left for the next call.
_FOLD = text("""
    with folded as (
        delete from triage.queue_counts where ctid = any(array(
            select ctid from triage.queue_counts limit 20000 for update skip locked))
        returning team, state, change
    )
    insert into triage.queue_counts (team, state, change)
    select team, state, sum(change) from folded group by team, state having sum(change) <> 0
""")


def fold_counts(connection: Connection) -> None:
    """Replace the rows with one for each team and state."""
    connection.execute(_FOLD)
