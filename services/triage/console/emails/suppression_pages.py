"""The do-not-mail list: who gets no e-mail and why, putting an address on it and taking it off."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.triage.console.emails.pages import notify
from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from shared.errors import Conflict, Unprocessable
from shared.http.authorisation import authorised, principal

SOURCES = {
    "person": "a colleague",
    "refused": "its server refused it",
    "bounce": "an e-mail came back",
    "complaint": "it was called spam",
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
        typed = {name: request.form.get(name, "").strip() for name in ("email", "reason")}
        try:
            notify().suppress(principal(), typed)
        except Unprocessable as error:
            return _page(typed, [fault for faults in error.errors.values() for fault in faults]), 422
        except Conflict as error:
            return _page(typed, [str(error)]), 409
        return redirect(url_for("console.suppressions", done="suppressed"), 303)

    @blueprint.post("/suppressions/<uuid:suppression>/lift")
    @authorised("emails.write", by="session")
    def lift(suppression: UUID) -> ResponseReturnValue:
        notify().lift(principal(), suppression)
        return redirect(url_for("console.suppressions", done="lifted"), 303)


def _page(typed: dict[str, str] | None = None, faults: list[str] | None = None) -> str:
    with deps().engine.begin() as connection:
        show_tabs(connection, principal())
    page = notify().suppressions(principal(), request.args.get("cursor"))
    return render_template(
        "emails/suppressions.html",
        items=[_dated(one) for one in page["items"]],
        next_cursor=page["next_cursor"],
        sources=SOURCES,
        typed=typed or {},
        faults=faults or [],
        place="emails",
    )


def _dated(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "created_at": datetime.fromisoformat(one["created_at"])}
