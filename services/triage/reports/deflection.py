"""How many questions help pages answered without a ticket (deflection), by category."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from shared.events.contracts import RecordedEvent

STEPS = ("shown", "solved", "went_on", "submitted", "came_back")
METHOD = (
    "Counted without cookies, so the figures are estimates. Came back: the same network and browser opened the help page or the form "
    "of the topic again within 24 hours, after “That solved it” or after half an hour without a submission. Visitors are recognised by "
    "an HMAC whose key is renewed daily and deleted after 48 hours, and which is never joined to a ticket. Several people behind one "
    "network with the same browser count as one, one person with two browsers as two."
)

_APPEND = text("""
    insert into triage.help_counts (day, path, step, count)
    select day, path, step, sum(count) from jsonb_to_recordset(cast(:counts as jsonb)) as c (day date, path text, step text, count bigint)
    group by day, path, step
""")

_FOLD = text("""
    with folded as (
        delete from triage.help_counts where ctid = any(array(
            select ctid from triage.help_counts where day >= (clock_timestamp() at time zone 'UTC')::date - 2
            limit 20000 for update skip locked))
        returning day, path, step, count
    )
    insert into triage.help_counts (day, path, step, count) select day, path, step, sum(count) from folded group by day, path, step
""")

_REPORT = text("""
    select path, step, sum(count) as count from triage.help_counts
    where day > (clock_timestamp() at time zone 'UTC')::date - cast(:days as integer)
    group by path, step order by path
""")


def record_help_counts(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Append the counts of HelpFunnelCounted events, in the caller's transaction."""
    counts = [count for event in events for count in event.payload["counts"]]
    connection.execute(_APPEND, {"counts": json.dumps(counts)})


def fold_help_counts(connection: Connection) -> None:
    """Replace the counts of the last days by their sums for each day, path and step."""
    connection.execute(_FOLD)


def deflection(connection: Connection, days: int) -> list[dict[str, Any]]:
    """Counts of each of STEPS in the last `days` days (UTC, with today), a row for each path."""
    rows: dict[str, dict[str, Any]] = {}
    for path, step, count in connection.execute(_REPORT, {"days": days}):
        row = rows.setdefault(path, {"path": path, **dict.fromkeys(STEPS, 0)})
        if step in STEPS:
            row[step] = int(count)
    return list(rows.values())
