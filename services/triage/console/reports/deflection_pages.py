"""What the help spared, at the console."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from services.triage.reports.deflection import METHOD, deflection
from shared.http.authorisation import authorised, principal

LONGEST_DAYS = 365


def add_deflection(blueprint: Blueprint) -> None:
    """The route /reports/deflection."""

    @blueprint.get("/reports/deflection")
    @authorised("reports.read", by="session")
    def deflection_report() -> ResponseReturnValue:
        days = min(max(request.args.get("days", 30, type=int), 1), LONGEST_DAYS)
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            rows = deflection(connection, days)
        return render_template("reports/deflection.html", rows=rows, days=days, method=METHOD, place="reports")
