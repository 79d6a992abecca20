"""Find work in chunks whose next one must be sent to the worker: new work, and that whose worker or message was lost."""

from collections.abc import Mapping, Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, TextClause, text

Chunked = Literal["triage.bulks", "triage.replays"]

# A chunk takes up to two seconds and may wait for other work on its queue; after so long without progress it is sent again.
STALLED_AFTER_SECONDS = 10

_DUE = """
    update {table} set touched_at = clock_timestamp()
    where id in (
        select id from {table}
        where state in ('queued', 'running') and touched_at < clock_timestamp() - make_interval(secs => :stalled)
        order by touched_at limit 20 for update skip locked)
    returning id, step
"""
_STATEMENTS: Mapping[Chunked, TextClause] = {
    "triage.bulks": text(_DUE.format(table="triage.bulks")),
    "triage.replays": text(_DUE.format(table="triage.replays")),
}


def due_chunks(connection: Connection, table: Chunked) -> Sequence[tuple[UUID, int]]:
    """The id and the next step of each due row of the table; they are due again after STALLED_AFTER_SECONDS."""
    rows = connection.execute(_STATEMENTS[table], {"stalled": STALLED_AFTER_SECONDS}).all()
    return [(row.id, row.step) for row in rows]
