"""How many resolved tickets were reopened."""

from typing import Any

from sqlalchemy import Connection

from services.triage.reports.daily.grouped import grouped, read_grouped
from services.triage.reports.daily.report import Figure, Figures, Found, Query, Report

_FACTS = """
    select day, key, count as reopened, 0 as resolved from triage.report_counts
    where measure = 'reopened' and day between :first and :last
    union all
    select day, key, 0, 1 from triage.report_resolutions where day between :first and :last
"""
_STATEMENTS = grouped(_FACTS, "sum(fact.reopened)::bigint as reopened, sum(fact.resolved)::bigint as resolved")


def _read(connection: Connection, query: Query) -> Found:
    found = read_grouped(connection, _STATEMENTS, query, ("reopened", "resolved"))
    return Found(
        {key: _with_share(figures) for key, figures in found.by_key.items()},
        _with_share(found.total),
        {day: _with_share(figures) for day, figures in found.by_day.items()},
    )


def _with_share(figures: Figures) -> dict[str, Any]:
    reopened, resolved = figures["reopened"] or 0, figures["resolved"] or 0
    return {"reopened": reopened, "resolved": resolved, "share": round(reopened / resolved, 4) if resolved else None}


REPORT = Report(
    name="reopened",
    title="Reopened",
    definition="Resolved tickets that were reopened, each time, for the team and the person whose resolution it was; beside all "
    "resolutions of the same days.",
    figures=(Figure("reopened", "Reopened"), Figure("resolved", "Resolutions"), Figure("share", "Share", "share")),
    drawn=("reopened", None),
    read=_read,
)
