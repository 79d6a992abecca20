"""Reports on waiting times: exact percentiles by nearest rank."""

from sqlalchemy import Connection

from services.triage.reports.daily.grouped import grouped, read_grouped
from services.triage.reports.daily.report import Figure, Found, Query, Report

# percentile_disc is the nearest rank: the smallest value that at least that share of the values does not exceed. Both are read of one
# sort, since PostgreSQL computes an aggregate that is written twice once.
_BOTH = "(percentile_disc(array[0.5, 0.9]) within group (order by fact.seconds))"
_WAITING = f"count(*)::bigint as count, {_BOTH}[1] as median_seconds, {_BOTH}[2] as p90_seconds"
_NAMES = ("count", "median_seconds", "p90_seconds")


def waiting_report(name: str, title: str, definition: str, counted: str, facts: str) -> Report:
    """A report on waiting times. `counted`: the heading of their number; `facts`: a select of rows with `day`, `key` and `seconds`."""
    statements = grouped(facts, _WAITING)

    def read(connection: Connection, query: Query) -> Found:
        return read_grouped(connection, statements, query, _NAMES)

    figures = (
        Figure("count", counted),
        Figure("median_seconds", "Median", "duration"),
        Figure("p90_seconds", "90th percentile", "duration"),
    )
    return Report(name, title, definition, figures, drawn=("p90_seconds", "median_seconds"), read=read)
