"""How each team's queue stands. No ticket is counted: the sizes are sums of a few rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

# statement_timestamp(), since clock_timestamp() may change in mid-scan, so that no index can answer it.
# The breaches that the timer has not counted yet are few: it comes every few seconds.
_QUEUES = text("""
    select wanted.team, sizes.open, sizes.claimed, sizes.held, sizes.waiting, oldest.created_at as oldest_open_at,
           sizes.breached + (
               select count(*) from (
                   select 1 from triage.tickets t
                   where t.team = wanted.team and t.state in ('open', 'claimed') and not t.breached
                     and t.respond_by <= statement_timestamp()
                   limit 1000) uncounted) as breached
    from unnest(cast(:teams as text[])) with ordinality as wanted (team, position)
    cross join lateral (
        select coalesce(sum(change) filter (where state = 'open'), 0)::bigint as open,
               coalesce(sum(change) filter (where state = 'claimed'), 0)::bigint as claimed,
               coalesce(sum(change) filter (where state = 'held'), 0)::bigint as held,
               coalesce(sum(change) filter (where state = 'waiting'), 0)::bigint as waiting,
               coalesce(sum(change) filter (where state = 'breached'), 0)::bigint as breached
        from triage.queue_counts where team = wanted.team) sizes
    left join lateral (
        select created_at from triage.tickets where team = wanted.team and state = 'open' order by created_at limit 1
    ) oldest on true
    order by wanted.position
""")


def queues(connection: Connection, teams: Sequence[str]) -> list[dict[str, Any]]:
    """One entry a team, in the order given."""
    return [dict(row._mapping) for row in connection.execute(_QUEUES, {"teams": list(teams)})]
