"""Suppressed addresses, which get no e-mail: the list, adding one, ending a suppression."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.triage.console.emails.notify_client import notify
from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from shared.errors import Conflict, Unprocessable
from shared.http.authorisation import authorised, principal

SOURCES = {
    "person": "a colleague",
    "refused": "its server rejected it",
    "bounce": "an e-mail bounced",
    "complaint": "reported as spam",
}


def add_suppressions(blueprint: Blueprint) -> None:
    """The routes /suppressions and below."""

    @blueprint.get("/suppressions")
    @authorised("emails.read", by="session")
    def suppressions() -> ResponseReturnValue:
        return _page()

    @blueprint.post("/suppressions")
    @authorised("emails.write", by="session")
    def suppress() -> ResponseReturnValue:
        entry = {name: request.form.get(name, "").strip() for name in ("email", "reason")}
        try:
            notify().suppress(principal(), entry)
        except Unprocessable as error:
            return _page(entry, [message for messages in error.errors.values() for message in messages]), 422
        except Conflict as error:
            return _page(entry, [str(error)]), 409
        return redirect(url_for("console.suppressions", done="suppressed"), 303)

    @blueprint.post("/suppressions/<uuid:suppression>/lift")
    @authorised("emails.write", by="session")
    def lift(suppression: UUID) -> ResponseReturnValue:
        notify().lift(principal(), suppression)
        return redirect(url_for("console.suppressions", done="lifted"), 303)


def _page(entry: dict[str, str] | None = None, errors: list[str] | None = None) -> str:
    with deps().engine.begin() as connection:
        show_tabs(connection, principal())
    page = notify().suppressions(principal(), request.args.get("cursor"))
    return render_template(
        "emails/suppressions.html",
        items=[_with_times(one) for one in page["items"]],
        next_cursor=page["next_cursor"],
        sources=SOURCES,
        form=entry or {},
        errors=errors or [],
        current_page="emails",
    )


def _with_times(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "created_at": datetime.fromisoformat(one["created_at"])}
