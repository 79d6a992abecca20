"""A team's webhooks: adding, removing, the log of their calls, repeating a call."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from services.triage.tickets.teams import require_team
from services.triage.webhooks.call_log import list_calls
from services.triage.webhooks.registration import list_webhooks, register_webhook, remove_webhook
from services.triage.webhooks.retry import retry_now
from shared.errors import Conflict, NotFound, Unprocessable
from shared.http.authorisation import authorised, principal

ROWS = 50
_NEWEST = 2**63 - 1
SHORTEST_SECRET, LONGEST_SECRET, LONGEST_URL = 8, 200, 2_000


def add_pages(blueprint: Blueprint) -> None:
    """The routes /queues/<team>/webhooks and below."""

    @blueprint.get("/queues/<team>/webhooks")
    @authorised("tickets.read", by="session")
    def webhooks(team: str) -> ResponseReturnValue:
        return _page(team, [], 200)

    @blueprint.post("/queues/<team>/webhooks")
    @authorised("tickets.write", by="session")
    def add_webhook(team: str) -> ResponseReturnValue:
        require_team(team, deps().settings.teams)
        url, secret = request.form.get("url", "").strip(), request.form.get("secret", "")
        try:
            _check(url, secret)
            with deps().engine.begin() as connection:
                register_webhook(connection, team, principal(), url, secret, deps().settings.webhook_allow_private)
        except Unprocessable as error:
            return _page(team, [text for texts in error.errors.values() for text in texts], 422)
        except Conflict as error:
            return _page(team, [error.detail], 409)
        return redirect(url_for("console.webhooks", team=team, done="saved"), 303)

    @blueprint.post("/queues/<team>/webhooks/<uuid:webhook>/removal")
    @authorised("tickets.write", by="session")
    def drop_webhook(team: str, webhook: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            remove_webhook(connection, team, webhook, principal())
        return redirect(url_for("console.webhooks", team=team, done="saved"), 303)

    @blueprint.get("/queues/<team>/webhooks/<uuid:webhook>")
    @authorised("tickets.read", by="session")
    def webhook_calls(team: str, webhook: UUID) -> ResponseReturnValue:
        before = request.args.get("before", _NEWEST, type=int)
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            hook = next((one for one in _of_team(connection, team) if one["id"] == webhook), None)
            if hook is None:
                raise NotFound("There is no such webhook.")
            calls = list_calls(connection, webhook, principal(), before, ROWS)
        next_before = calls[ROWS - 1].id if len(calls) > ROWS else None
        return render_template(
            "webhooks/webhook_calls.html", hook=hook, calls=calls[:ROWS], next_before=next_before, team=team
        )

    @blueprint.post("/queues/<team>/webhooks/<uuid:webhook>/calls/<int:call>")
    @authorised("tickets.write", by="session")
    def repeat_call(team: str, webhook: UUID, call: int) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            retry_now(connection, webhook, call, principal())
        return redirect(url_for("console.webhook_calls", team=team, webhook=webhook, done="replayed"), 303)


def _page(team: str, errors: list[str], status: int) -> ResponseReturnValue:
    with deps().engine.begin() as connection:
        show_tabs(connection, principal())
        hooks = _of_team(connection, team)
    return render_template("webhooks/webhooks.html", hooks=hooks, errors=errors, form=request.form, team=team), status


def _of_team(connection: Connection, team: str) -> list[dict[str, object]]:
    require_team(team, deps().settings.teams)
    return list_webhooks(connection, team, principal())


def _check(url: str, secret: str) -> None:
    errors: dict[str, list[str]] = {}
    if not 1 <= len(url) <= LONGEST_URL:
        errors["url"] = ["Give the address to call."]
    if not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET:
        errors["secret"] = [f"A secret has {SHORTEST_SECRET} to {LONGEST_SECRET} characters."]
    if errors:
        raise Unprocessable(errors)
