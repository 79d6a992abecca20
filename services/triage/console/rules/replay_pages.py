"""Replays at the console: started, watched, looked at, cancelled."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.triage.console.layout.layout import show_tabs
from services.triage.console.rules.matrix import matrix_of
from services.triage.console.ticket.why import in_words
from services.triage.current_deps import deps
from services.triage.replays.changes import replay_changes
from services.triage.replays.saved import cancel_replay, find_replay, start_replay
from services.triage.rulesets.saved import active_ruleset, find_ruleset
from shared.errors import Unprocessable
from shared.http.authorisation import authorised, principal

ROWS = 50


def add_replays(blueprint: Blueprint) -> None:
    """The routes /rules/<n>/replay and /replays."""

    @blueprint.post("/rules/<int:number>/replay")
    @authorised("rules.write", by="session")
    def start_replaying(number: int) -> ResponseReturnValue:
        days = request.form.get("days", type=int)
        if days is None:
            raise Unprocessable({"days": ["How many days back?"]})
        with deps().engine.begin() as connection:
            replay = start_replay(connection, number, days, principal().name)
        return redirect(url_for("console.show_replay", replay=replay), 303)

    @blueprint.get("/replays/<uuid:replay>")
    @authorised("rules.read", by="session")
    def show_replay(replay: UUID) -> ResponseReturnValue:
        after = request.args.get("after", 0, type=int)
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            found = find_replay(connection, replay)
            ruleset = find_ruleset(connection, found.ruleset)
            active = active_ruleset(connection).number
            changed = replay_changes(connection, deps().rulesets, replay, max(after, 0), ROWS + 1) if found.over else []
        shown = found.as_document()
        unmatched = [rule["id"] for rule in ruleset.document["rules"] if not found.tally.matched[rule["id"]]]
        return render_template(
            "rules/replay.html",
            replay=found,
            shown=shown,
            ruleset=ruleset,
            active=active,
            matrix=matrix_of(shown["matrix"], deps().settings.teams),
            changes=changed[:ROWS],
            behind=changed[ROWS - 1]["number"] if len(changed) > ROWS else None,
            unmatched=unmatched if found.over and found.done else [],
            in_words=in_words,
            place="rules",
        )

    @blueprint.post("/replays/<uuid:replay>/cancellation")
    @authorised("rules.write", by="session")
    def cancel_replaying(replay: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            cancel_replay(connection, replay)
        return redirect(url_for("console.show_replay", replay=replay), 303)
