"""Reports: service levels, misroutes, questions answered by help pages."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.triage.console.layout.layout import show_tabs
from services.triage.console.reports.daily_pages import add_daily_reports
from services.triage.console.reports.report_list import add_report_list
from services.triage.console.reports.service_level_pages import add_service_levels
from services.triage.current_deps import deps
from services.triage.reports.deflection import METHOD, deflection
from services.triage.reports.misroutes import FEWEST, misroutes
from shared.http.authorisation import authorised, principal

LONGEST_DAYS = 365
# A person can still judge a rule of so many words.
WORDS_OF_DRAFT = 4


def add_pages(blueprint: Blueprint) -> None:
    """The routes /reports and below."""
    add_report_list(blueprint)
    add_daily_reports(blueprint)
    add_service_levels(blueprint)

    @blueprint.get("/reports/misroutes")
    @authorised("reports.read", by="session")
    def misroute_report() -> ResponseReturnValue:
        days = _days()
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            rows = misroutes(connection, days)
        return render_template(
            "reports/misroutes.html",
            rows=rows,
            days=days,
            fewest=FEWEST,
            words_of_draft=WORDS_OF_DRAFT,
            current_page="reports",
        )

    @blueprint.get("/reports/deflection")
    @authorised("reports.read", by="session")
    def deflection_report() -> ResponseReturnValue:
        days = _days()
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            rows = deflection(connection, days)
        return render_template("reports/deflection.html", rows=rows, days=days, method=METHOD, current_page="reports")


def _days() -> int:
    return min(max(request.args.get("days", 30, type=int), 1), LONGEST_DAYS)
