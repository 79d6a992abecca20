"""All daily reports, in the order of their pages. A report is a module with a `REPORT`, and one line here."""

from collections.abc import Mapping

from services.triage.reports.daily import backlog, first_answer, reopened, resolution, satisfaction, volume
from services.triage.reports.daily.report import Report

REPORTS: Mapping[str, Report] = {
    module.REPORT.name: module.REPORT for module in (volume, first_answer, resolution, reopened, backlog, satisfaction)
}
