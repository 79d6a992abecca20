"""How long requesters waited for the first answer."""

from sqlalchemy import Connection

from services.triage.reports.daily.grouped import grouped, read_grouped
from services.triage.reports.daily.percentiles import NAMES, WAITING, waiting_figures
from services.triage.reports.daily.report import Found, Query, Report

_STATEMENTS = grouped("select day, key, seconds from triage.report_answers where day between :first and :last", WAITING)


def _read(connection: Connection, query: Query) -> Found:
    return read_grouped(connection, _STATEMENTS, query, NAMES)


REPORT = Report(
    name="first-answer",
    title="First answer",
    definition="The time from submission to a person’s first message, in the team’s working hours, without the time in which we waited for "
    "the requester. Counted on the day of the answer.",
    figures=waiting_figures("Answered"),
    drawn=("p90_seconds", "median_seconds"),
    read=_read,
)
