"""How long requesters waited for the resolution."""

from sqlalchemy import Connection

from services.triage.reports.daily.grouped import grouped, read_grouped
from services.triage.reports.daily.percentiles import NAMES, WAITING, waiting_figures
from services.triage.reports.daily.report import Found, Query, Report

# The last resolution of each ticket in the period.
_FACTS = """
    select day, key, seconds from triage.report_resolutions
    where day between :first and :last and (next_day is null or next_day > :last)
"""
_STATEMENTS = grouped(_FACTS, WAITING)


def _read(connection: Connection, query: Query) -> Found:
    return read_grouped(connection, _STATEMENTS, query, NAMES)


REPORT = Report(
    name="resolution",
    title="Resolution",
    definition="The time from submission to resolution, in the team’s working hours, without the time in which we waited for the "
    "requester. A ticket that was resolved several times in the period counts once, by its last resolution.",
    figures=waiting_figures("Resolved"),
    drawn=("p90_seconds", "median_seconds"),
    read=_read,
)
