"""Rulesets: the list and its history, one ruleset with lint, comparison and trial, activating it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from services.triage.console.layout.layout import show_tabs, team_title
from services.triage.console.rules.editor_pages import add_editor
from services.triage.console.rules.replay_pages import add_replays
from services.triage.console.ticket.why import why
from services.triage.current_deps import deps
from services.triage.replays.saved import latest_replay
from services.triage.rules.document.write import as_yaml
from services.triage.rules.lint.lint import Finding
from services.triage.rulesets.activate import activate_ruleset
from services.triage.rulesets.author import author_of
from services.triage.rulesets.lint_ruleset import lint_ruleset
from services.triage.rulesets.saved import active_ruleset, changes, compare, find_ruleset, list_summaries
from services.triage.rulesets.trial import explain_ticket, try_submission
from shared.errors import Conflict, Forbidden, NotFound, Unprocessable
from shared.http.authorisation import authorised, principal
from shared.submission_fields import PLATFORMS

ROWS = 50
TRIAL_FIELDS = ("category", "country", "locale", "platform", "email", "subject", "message")
_NEWEST = 2**31 - 1
# Browsers are slow with more lines; the export holds all.
MOST_LINES = 3_000
# Of added, removed and changed rules each; `vidare rules diff` shows the rest.
MOST_DIFFERENCES = 100


@dataclass(frozen=True)
class TextLine:
    """A line of a ruleset's text and the lint findings on it."""

    number: int
    text: str
    findings: Sequence[Finding]


def add_pages(blueprint: Blueprint) -> None:
    """The routes /rules and /replays, with those below them."""
    add_editor(blueprint)
    add_replays(blueprint)

    @blueprint.get("/rules")
    @authorised("rules.read", by="session")
    def rules() -> ResponseReturnValue:
        before = request.args.get("before", _NEWEST, type=int)
        earlier = request.args.get("history", 2**63 - 1, type=int)
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            found = list_summaries(connection, min(before, _NEWEST), ROWS + 1)
            history = changes(connection, min(earlier, 2**63 - 1), ROWS + 1)
        return render_template(
            "rules/rules.html",
            rulesets=found[:ROWS],
            next_before=found[ROWS - 1].number if len(found) > ROWS else None,
            history=history[:ROWS],
            earlier=history[ROWS - 1]["id"] if len(history) > ROWS else None,
            current_page="rules",
        )

    @blueprint.get("/rules/<int:number>")
    @authorised("rules.read", by="session")
    def ruleset(number: int) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            return _page(connection, number)

    @blueprint.post("/rules/<int:number>/trial")
    @authorised("rules.read", by="session")
    def try_ruleset(number: int) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            try:
                tried = _tried(connection, number)
            except Unprocessable:
                return _page(connection, number, 422, error="Choose a topic, or give the reference of a ticket.")
            except NotFound as error:
                return _page(connection, number, 404, error=error.detail)
            except Forbidden as error:
                return _page(connection, number, 403, error=error.detail)
            return _page(connection, number, tried=why(tried, team_title))

    @blueprint.post("/rules/<int:number>/activation")
    @authorised("rules.write", by="session")
    def activate_now(number: int) -> ResponseReturnValue:
        reason = request.form.get("comment", "").strip()
        with deps().engine.begin() as connection:
            if not reason:
                return _page(connection, number, 422, error="Give a reason: it is kept in the history.")
        try:
            with deps().engine.begin() as connection:
                expected = request.form.get("expected_active", type=int)
                author = author_of(principal(), request.remote_addr)
                activate_ruleset(connection, number, reason, author, deps().rulesets.vocabulary, expected)
        except (Conflict, Unprocessable) as error:
            with deps().engine.begin() as connection:
                return _page(connection, number, 409, error=error.detail)
        return redirect(url_for("console.ruleset", number=number, done="activated"), 303)


def _tried(connection: Connection, number: int) -> dict[str, Any]:
    """The ruleset's explanation for the ticket in the form, or for the existing ticket that it names."""
    form: dict[str, Any] = {name: request.form.get(name, "").strip() or None for name in (*TRIAL_FIELDS, "reference")}
    if form["reference"]:
        return explain_ticket(connection, deps().rulesets, form["reference"].upper(), principal(), number)
    lines = [line.partition(":") for line in request.form.get("details", "").splitlines() if ":" in line]
    details = {name.strip(): value.strip() for name, _, value in lines}
    submission = {**form, "category": form["category"] or "", "details": details}
    return try_submission(connection, deps().rulesets, submission, number)


def _page(connection: Connection, number: int, status: int = 200, error: str = "", **shown: Any) -> ResponseReturnValue:
    show_tabs(connection, principal())
    found = find_ruleset(connection, number)
    active = active_ruleset(connection)
    against = request.args.get("against", active.number, type=int)
    findings = lint_ruleset(connection, found, deps().rulesets.vocabulary)
    html = render_template(
        "rules/ruleset.html",
        ruleset=found,
        active=active.number,
        against=against,
        difference=compare(connection, number, against),
        as_yaml=as_yaml,
        most_differences=MOST_DIFFERENCES,
        platforms=PLATFORMS,
        lines=_lines_of(found.text, findings),
        findings=findings,
        replay=latest_replay(connection, number),
        categories=sorted(deps().catalog.categories),
        form=request.form,
        error=error,
        current_page="rules",
        **shown,
    )
    return html, status


def _lines_of(text: str, findings: Sequence[Finding]) -> list[TextLine]:
    """The first lines of the text, each with its findings."""
    by_line: dict[int, list[Finding]] = {}
    for finding in findings:
        if finding.line is not None:
            by_line.setdefault(finding.line, []).append(finding)
    lines = text.splitlines()[:MOST_LINES]
    return [TextLine(number, line, by_line.get(number, ())) for number, line in enumerate(lines, 1)]
