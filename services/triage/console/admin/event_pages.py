"""Parked events: what no handler could take, to be looked at and sent on its way again."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from shared.events.parked import list_parked, replay_parked
from shared.http.authorisation import authorised, principal

ROWS = 100


def add_events(blueprint: Blueprint) -> None:
    """The routes /events and its replay."""

    @blueprint.get("/events")
    @authorised("events.read", by="session")
    def events() -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            parked = list_parked(connection, ROWS + 1, request.args.get("cursor"))
        behind = parked[ROWS - 1].id if len(parked) > ROWS else None
        return render_template("admin/events.html", parked=parked[:ROWS], next_cursor=behind, place="events")

    @blueprint.post("/events/replay")
    @authorised("events.replay", by="session")
    def replay() -> ResponseReturnValue:
        ids = request.form.getlist("id")
        with deps().engine.begin() as connection:
            replay_parked(connection, ids or None)
        return redirect(url_for("console.events", done="replayed"), 303)
