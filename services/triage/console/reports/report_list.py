"""The list of all reports. A report is one line here; a daily one comes from its registry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, url_for

from services.triage.reports.daily.registry import REPORTS
from services.triage.reports.daily.report import Report
from shared.auth.principal import Permission
from shared.http.authorisation import principal


@dataclass(frozen=True)
class ReportPage:
    """A report's page. `endpoint`: of the console."""

    title: str
    endpoint: str
    permission: Permission

    @property
    def href(self) -> str:
        """Its address."""
        return url_for(f"console.{self.endpoint}")


def endpoint_of(report: Report) -> str:
    """The console's endpoint of a daily report."""
    return f"{report.name.replace('-', '_')}_report"


PAGES: tuple[ReportPage, ...] = (
    ReportPage("This morning", "reports", "tickets.read"),
    *(ReportPage(report.title, endpoint_of(report), report.permission) for report in REPORTS.values()),
    ReportPage("Service levels", "service_level_report", "reports.read"),
    ReportPage("Misroutes", "misroute_report", "reports.read"),
    ReportPage("Questions answered by help pages", "deflection_report", "reports.read"),
)


def report_pages() -> list[ReportPage]:
    """Those that the person who is signed in may read."""
    return [page for page in PAGES if principal().may(page.permission)]


def add_report_list(blueprint: Blueprint) -> None:
    """Let templates read the list."""

    @blueprint.app_context_processor
    def lists() -> dict[str, Callable[[], Any]]:
        return {"report_pages": report_pages}
