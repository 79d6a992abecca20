"""How long requesters waited for the first answer."""

from services.triage.reports.daily.waiting_report import waiting_report

REPORT = waiting_report(
    name="first-answer",
    title="First answer",
    definition="The time from submission to a person’s first message, in the team’s working hours, without the time in which we waited for "
    "the requester. Counted on the day of the answer.",
    counted="Answered",
    facts="select day, key, seconds from triage.report_answers where day between :first and :last",
)
