"""Reads the counts of each team's queue, as sums of a few rows: no ticket is counted."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

# statement_timestamp(), since clock_timestamp() may change during a scan, so that no index can be used.
# The timer counts breaches every few seconds, so few are uncounted; without the timer the first thousand are enough. They are read for
# all teams at once, since the index of late tickets does not hold the team.
_QUEUES = text("""
    with uncounted as materialized (
        select team, sum(1)::bigint as breached from (
            select team from triage.tickets
            where state in ('open', 'claimed', 'snoozed') and not breached and respond_by <= statement_timestamp()
            order by respond_by limit 1000) late
        group by team
    )
    select wanted.team, sizes.open, sizes.claimed, sizes.held, sizes.waiting, sizes.snoozed, sizes.reserved,
           oldest.created_at as oldest_open_at,
           sizes.breached + coalesce(uncounted.breached, 0) as breached
    from unnest(cast(:teams as text[])) with ordinality as wanted (team, position)
    cross join lateral (
        select coalesce(sum(change) filter (where state = 'open'), 0)::bigint as open,
               coalesce(sum(change) filter (where state = 'claimed'), 0)::bigint as claimed,
               coalesce(sum(change) filter (where state = 'held'), 0)::bigint as held,
               coalesce(sum(change) filter (where state = 'waiting'), 0)::bigint as waiting,
               coalesce(sum(change) filter (where state = 'snoozed'), 0)::bigint as snoozed,
               coalesce(sum(change) filter (where state = 'breached'), 0)::bigint as breached,
               coalesce(sum(change) filter (where state = 'reserved'), 0)::bigint as reserved
        from triage.queue_counts where team = wanted.team) sizes
    left join lateral (
        select created_at from triage.tickets where team = wanted.team and state = 'open' order by created_at limit 1
    ) oldest on true
    left join uncounted on uncounted.team = wanted.team
    order by wanted.position
""")


def queues(connection: Connection, teams: Sequence[str]) -> list[dict[str, Any]]:
    """One entry a team, in the order given."""
    return [dict(row._mapping) for row in connection.execute(_QUEUES, {"teams": list(teams)})]
