"""Once a minute, record the counts as one event, and forget old visits."""

from typing import Any

from sqlalchemy import Connection, text
from uuid_utils.compat import uuid7

from shared.events.contracts import help_funnel_counted
from shared.events.log import record

_TAKE_COUNTS = text("""
    with reported as (
        delete from intake.help_counts where ctid = any(array(
            select ctid from intake.help_counts limit 20000 for update skip locked))
        returning (at at time zone 'UTC')::date as day, path, step, count
    )
    select day, path, step, sum(count) as total from reported group by day, path, step order by day, path, step
""")

_FORGET = (
    text("delete from intake.visits where at < clock_timestamp() - interval '24 hours'"),
    text("delete from intake.visit_keys where made_at < clock_timestamp() - interval '48 hours'"),
)


def report_counts(connection: Connection) -> int:
    """Record HelpFunnelCounted for what was counted since the last time; how many counts it holds."""
    for statement in _FORGET:
        connection.execute(statement)
    counts: list[dict[str, Any]] = [
        {"day": row.day.isoformat(), "path": row.path, "step": row.step, "count": int(row.total)}
        for row in connection.execute(_TAKE_COUNTS)
    ]
    if counts:
        record(connection, [help_funnel_counted(str(uuid7()), {"counts": counts})])
    return len(counts)
