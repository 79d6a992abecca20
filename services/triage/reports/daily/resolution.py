"""How long requesters waited for the resolution."""

from services.triage.reports.daily.waiting_report import waiting_report

# The last resolution of each ticket in the period.
_FACTS = """
    select day, key, seconds from triage.report_resolutions
    where day between :first and :last and (next_day is null or next_day > :last)
"""

REPORT = waiting_report(
    name="resolution",
    title="Resolution",
    definition="The time from submission to resolution, in the team’s working hours, without the time in which we waited for the "
    "requester. A ticket that was resolved several times in the period counts once, by its last resolution.",
    counted="Resolved",
    facts=_FACTS,
)
