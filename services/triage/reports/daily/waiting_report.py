"""The figures of waiting times: exact percentiles by nearest rank."""

from services.triage.reports.daily.report import Figure

# percentile_disc is the nearest rank: the smallest value that at least that share of the values does not exceed. Both are read of one
# sort, since PostgreSQL computes an aggregate that is written twice once.
_BOTH = "(percentile_disc(array[0.5, 0.9]) within group (order by fact.seconds))"
WAITING = f"count(*)::bigint as count, {_BOTH}[1] as median_seconds, {_BOTH}[2] as p90_seconds"
NAMES = ("count", "median_seconds", "p90_seconds")


def waiting_figures(counted: str) -> tuple[Figure, ...]:
    """The figures of a report on waiting times; `counted`: the heading of their number."""
    return (
        Figure("count", counted),
        Figure("median_seconds", "Median", "duration"),
        Figure("p90_seconds", "90th percentile", "duration"),
    )
