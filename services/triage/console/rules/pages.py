"""Rulesets: the list and its history, one ruleset with lint, difference and trial, activating it."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from services.triage.console.layout.layout import show_tabs, team_title
from services.triage.console.rules.text_lines import lines_of
from services.triage.console.ticket.why import why
from services.triage.current_deps import deps
from services.triage.replays.saved import latest_replay, matched_lately
from services.triage.rules.document.write import as_yaml
from services.triage.rules.lint.lint import Finding, lint, lint_text
from services.triage.rulesets.activate import activate_ruleset
from services.triage.rulesets.author import author_of
from services.triage.rulesets.saved import Ruleset, active_ruleset, changes, compare, find_ruleset, list_summaries
from services.triage.rulesets.trial import explain_ticket, try_submission
from shared.conditions.fields import PLATFORMS
from shared.errors import Conflict, Forbidden, NotFound, Unprocessable
from shared.http.authorisation import authorised, principal

ROWS = 50
TRIED = ("category", "country", "locale", "platform", "email", "subject", "message")
_NEWEST = 2**31 - 1
# Characters: of a longer text the first lines are shown, and finding the line of everything in it takes seconds.
MOST_WITH_LINES = 200_000
# Of what was added, removed or changed; the command line has the rest.
MOST_PARTS = 100


def add_rules(blueprint: Blueprint) -> None:
    """The routes /rules and /rules/<n>."""

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
            behind=found[ROWS - 1].number if len(found) > ROWS else None,
            history=history[:ROWS],
            earlier=history[ROWS - 1]["id"] if len(history) > ROWS else None,
            place="rules",
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
                return _page(connection, number, 422, fault="Choose a topic, or name a ticket.")
            except NotFound as error:
                return _page(connection, number, 404, fault=error.detail)
            except Forbidden as error:
                return _page(connection, number, 403, fault=error.detail)
            return _page(connection, number, tried=why(tried, team_title))

    @blueprint.post("/rules/<int:number>/activation")
    @authorised("rules.write", by="session")
    def activate_now(number: int) -> ResponseReturnValue:
        reason = request.form.get("comment", "").strip()
        with deps().engine.begin() as connection:
            if not reason:
                return _page(connection, number, 422, fault="Say why, for those who look back.")
        try:
            with deps().engine.begin() as connection:
                expected = request.form.get("expected_active", type=int)
                author = author_of(principal(), request.remote_addr)
                activate_ruleset(connection, number, reason, author, deps().rulesets.vocabulary, expected)
        except (Conflict, Unprocessable) as error:
            with deps().engine.begin() as connection:
                return _page(connection, number, 409, fault=error.detail)
        return redirect(url_for("console.ruleset", number=number, done="activated"), 303)


def _tried(connection: Connection, number: int) -> dict[str, Any]:
    """What the ruleset says of the note that was typed, or of the ticket that was named."""
    typed: dict[str, Any] = {name: request.form.get(name, "").strip() or None for name in (*TRIED, "reference")}
    if typed["reference"]:
        return explain_ticket(connection, deps().rulesets, typed["reference"].upper(), principal(), number)
    lines = [line.partition(":") for line in request.form.get("details", "").splitlines() if ":" in line]
    details = {name.strip(): value.strip() for name, _, value in lines}
    note = {**typed, "category": typed["category"] or "", "details": details}
    return try_submission(connection, deps().rulesets, note, number)


def lint_of(connection: Connection, found: Ruleset, text: str) -> list[Finding]:
    """What lint says of a saved ruleset; a replay knows which rules matched nothing."""
    matched = matched_lately(connection, found.number, [rule["id"] for rule in found.document["rules"]])
    if len(text) > MOST_WITH_LINES:
        return lint(found.document, deps().rulesets.vocabulary, None, matched)
    return lint_text(text, deps().rulesets.vocabulary, matched)


def _page(connection: Connection, number: int, status: int = 200, fault: str = "", **shown: Any) -> ResponseReturnValue:
    show_tabs(connection, principal())
    found = find_ruleset(connection, number)
    active = active_ruleset(connection)
    against = request.args.get("against", active.number, type=int)
    text = found.text
    findings = lint_of(connection, found, text)
    html = render_template(
        "rules/ruleset.html",
        ruleset=found,
        active=active.number,
        against=against,
        difference=compare(connection, number, against),
        as_yaml=as_yaml,
        parts=MOST_PARTS,
        platforms=PLATFORMS,
        lines=lines_of(text, findings),
        findings=findings,
        replay=latest_replay(connection, number),
        categories=sorted(deps().catalog.categories),
        typed=request.form,
        fault=fault,
        place="rules",
        **shown,
    )
    return html, status
