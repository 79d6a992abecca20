"""Find replays whose next chunk must be sent to the worker: new ones, and those whose worker or message was lost."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, text

# A chunk takes about a second and may wait for other work on its queue; after so long without progress it is sent again.
STALLED_AFTER_SECONDS = 10

_DUE = text("""
    update triage.replays set touched_at = clock_timestamp()
    where id in (
        select id from triage.replays
        where state in ('queued', 'running') and touched_at < clock_timestamp() - make_interval(secs => :stalled)
        order by touched_at limit 20 for update skip locked)
    returning id, step
""")


def due_chunks(connection: Connection) -> Sequence[tuple[UUID, int]]:
    """The id and the next step of each due replay; they are due again after STALLED_AFTER_SECONDS."""
    rows = connection.execute(_DUE, {"stalled": STALLED_AFTER_SECONDS}).all()
    return [(row.id, row.step) for row in rows]
