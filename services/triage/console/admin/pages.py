"""First steps of a new system, and parked events."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.triage.console.admin.audit_pages import add_audit
from services.triage.console.admin.people_pages import add_people
from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from services.triage.first_steps import accept_rules, first_steps
from shared.events.parked import list_parked, replay_parked
from shared.http.authorisation import authorised, principal

ROWS = 100


def add_pages(blueprint: Blueprint) -> None:
    """The routes /setting-up, /events, /people and /audit, with those below them."""
    _add_first_steps(blueprint)
    _add_parked_events(blueprint)
    add_people(blueprint)
    add_audit(blueprint)


def _add_first_steps(blueprint: Blueprint) -> None:
    @blueprint.get("/setting-up")
    @authorised("people.write", by="session")
    def setting_up() -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            steps = first_steps(connection, deps().settings.teams)
        return render_template("admin/first_steps.html", steps=steps, form_url=deps().settings.intake_url)

    @blueprint.post("/setting-up/rules")
    @authorised("people.write", by="session")
    def accept_rules_now() -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            accept_rules(connection, principal().name)
        return redirect(url_for("console.setting_up"), 303)


def _add_parked_events(blueprint: Blueprint) -> None:
    @blueprint.get("/events")
    @authorised("events.read", by="session")
    def events() -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            parked = list_parked(connection, ROWS + 1, request.args.get("cursor"))
        following = parked[ROWS - 1].id if len(parked) > ROWS else None
        return render_template(
            "admin/parked_events.html", parked=parked[:ROWS], next_cursor=following, current_page="events"
        )

    @blueprint.post("/events/replay")
    @authorised("events.replay", by="session")
    def replay() -> ResponseReturnValue:
        ids = request.form.getlist("id")
        with deps().engine.begin() as connection:
            replay_parked(connection, ids or None)
        return redirect(url_for("console.events", done="replayed"), 303)
