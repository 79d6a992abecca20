"""The misroute report at the console; each row leads to a draft."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from services.triage.reports.misroutes import FEWEST, misroutes
from shared.http.authorisation import authorised, principal

LONGEST_DAYS = 365
# So many words make a rule that a person can judge.
WORDS_OF_DRAFT = 4


def add_misroutes(blueprint: Blueprint) -> None:
    """The route /reports/misroutes."""

    @blueprint.get("/reports/misroutes")
    @authorised("reports.read", by="session")
    def misroute_report() -> ResponseReturnValue:
        days = min(max(request.args.get("days", 30, type=int), 1), LONGEST_DAYS)
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            found = misroutes(connection, days)
        return render_template(
            "reports/misroutes.html",
            rows=found,
            days=days,
            fewest=FEWEST,
            drafted=WORDS_OF_DRAFT,
            place="reports",
        )
