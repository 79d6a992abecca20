"""The editor: writing a ruleset, checking it, saving it as a draft under the next number."""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from services.triage.replays.saved import start_replay
from services.triage.reports.draft_rule import draft_ruleset
from services.triage.rules.document.text import read_text
from services.triage.rules.document.write import source_of
from services.triage.rules.lint.lint import Finding, lint_text
from services.triage.rulesets.author import author_of
from services.triage.rulesets.save import save_ruleset
from services.triage.rulesets.saved import active_ruleset, find_ruleset
from shared.errors import Unprocessable
from shared.http.authorisation import authorised, principal

MOST_FINDINGS = 100
# "Save and replay" replays so many days.
REPLAYED_DAYS = 30


def add_editor(blueprint: Blueprint) -> None:
    """The routes /rules/new and /rules/check."""

    @blueprint.get("/rules/new")
    @authorised("rules.write", by="session")
    def new_rules() -> ResponseReturnValue:
        """A copy of a ruleset to change; for a row of the misroute report, with the drafted rule."""
        number, given = request.args.get("from", type=int), request.args
        with deps().engine.begin() as connection:
            based = active_ruleset(connection) if number is None else find_ruleset(connection, number)
        text, comment = based.text, ""
        if given.get("category") and given.get("team"):
            words = given.getlist("word")
            text, comment = draft_ruleset(based, given["category"], given.get("rule"), words, given["team"])
        return _page(text, comment, based.number, None)

    @blueprint.post("/rules/new")
    @authorised("rules.write", by="session")
    def save_rules() -> ResponseReturnValue:
        text = request.form.get("text", "").replace("\r\n", "\n")
        comment, then = request.form.get("comment", "").strip(), request.form.get("then", "check")
        based = request.form.get("based", type=int)
        findings = lint_text(text, deps().rulesets.vocabulary)
        if then == "check" or any(finding.severity == "error" for finding in findings):
            return _page(text, comment, based, findings, 200 if then == "check" else 422)
        read, _ = read_text(text)
        try:
            with deps().engine.begin() as connection:
                author, names = author_of(principal(), request.remote_addr), deps().rulesets.vocabulary
                saved = save_ruleset(connection, read and read.value, comment, author, names, source_of(text))
                replay = (
                    start_replay(connection, saved.number, REPLAYED_DAYS, author.name) if then == "replay" else None
                )
        except Unprocessable as error:
            findings = [Finding("error", path, " ".join(messages)) for path, messages in error.errors.items()]
            return _page(text, comment, based, findings, 422)
        if replay is not None:
            return redirect(url_for("console.show_replay", replay=replay), 303)
        return redirect(url_for("console.ruleset", number=saved.number, done="draft-saved"), 303)

    @blueprint.post("/rules/check")
    @authorised("rules.write", by="session")
    def check_rules() -> ResponseReturnValue:
        """Lint of a text as JSON, for the editor's script."""
        findings = lint_text(request.form.get("text", "").replace("\r\n", "\n"), deps().rulesets.vocabulary)
        return jsonify(
            findings=[
                {"line": one.line, "severity": one.severity, "path": one.path, "message": one.message}
                for one in findings[:MOST_FINDINGS]
            ]
        )


def _page(
    text: str, comment: str, based: int | None, findings: list[Finding] | None, status: int = 200
) -> ResponseReturnValue:
    with deps().engine.begin() as connection:
        show_tabs(connection, principal())
    lines = text.splitlines()
    shown = [
        (one, lines[one.line - 1].strip() if one.line and one.line <= len(lines) else "")
        for one in (findings or ())[:MOST_FINDINGS]
    ]
    html = render_template(
        "rules/rule_editor.html",
        text=text,
        comment=comment,
        based=based,
        checked=findings is not None,
        findings=shown,
        current_page="rules",
    )
    return html, status
