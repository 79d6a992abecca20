"""What requesters answered about how their tickets were resolved."""

from sqlalchemy import Connection

from services.triage.reports.daily.grouped import grouped_source, read_grouped
from services.triage.reports.daily.report import Figure, Found, Query, Report
from services.triage.satisfaction.counted import ASKED, COUNTS

# The condition on the time is one on the index satisfaction_by_time, which has every column that is read.
_SOURCE = f"""
    (
        select team, category, rule, cast(agent as text) as agent, answer,
               cast(resolved_at at time zone :timezone as date) as day
        from triage.satisfaction
        where {ASKED} and resolved_at >= cast(cast(:first as date) as timestamp) at time zone :timezone
          and resolved_at < cast(cast(:last as date) + 1 as timestamp) at time zone :timezone
    ) k cross join lateral (select k.day) fact
"""
STATEMENTS = grouped_source(_SOURCE, COUNTS)


def _read(connection: Connection, query: Query) -> Found:
    return read_grouped(connection, STATEMENTS, query, ("sent", "answered", "good", "bad"))


REPORT = Report(
    name="satisfaction",
    title="Satisfaction",
    definition="E-mails that told of a resolution and asked how it was, and the newest answer to each, on the day of the resolution, for "
    "the team and the person whose resolution it was.",
    figures=(
        Figure("sent", "Asked"),
        Figure("answered", "Answered"),
        Figure("good", "Good"),
        Figure("bad", "Bad"),
    ),
    drawn=("answered", "good"),
    read=_read,
    permission="reports.read",
)
