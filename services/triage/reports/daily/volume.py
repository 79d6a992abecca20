"""How many tickets were submitted."""

from sqlalchemy import Connection

from services.triage.reports.daily.grouped import grouped, read_grouped
from services.triage.reports.daily.report import Figure, Found, Query, Report

# A ticket counts for the person who answered it first; one that is not answered yet, for nobody.
_FACTS = """
    select c.day, c.key, c.count from triage.report_counts c
    where c.measure in ('volume', 'answered_volume') and c.day between :first and :last
    union all
    select c.day, unanswered.id, -c.count from triage.report_counts c
    join triage.report_keys answered on answered.id = c.key
    join triage.report_keys unanswered on unanswered.team = answered.team and unanswered.category = answered.category
         and unanswered.rule = answered.rule and unanswered.agent = ''
    where c.measure = 'answered_volume' and c.day between :first and :last
"""
_STATEMENTS = grouped(_FACTS, "sum(fact.count)::bigint as count")


def _read(connection: Connection, query: Query) -> Found:
    found = read_grouped(connection, _STATEMENTS, query, ("count",))
    by_key = {key: figures for key, figures in found.by_key.items() if figures["count"]}
    return Found(by_key, found.total, found.by_day)


REPORT = Report(
    name="volume",
    title="Volume",
    definition="Tickets submitted, for the team that they were routed to first. An agent’s are those that they answered first.",
    figures=(Figure("count", "Tickets"),),
    drawn=("count", None),
    read=_read,
)
