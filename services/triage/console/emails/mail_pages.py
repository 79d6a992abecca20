"""Inbound mails that became part of no ticket: the list, one mail, and making a ticket of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.triage.console.emails.intake_client import intake
from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from shared.errors import Conflict, Unprocessable
from shared.http.authorisation import authorised, principal

# State: its title, and what it means.
STATES = {
    "unsure": (
        "may be a person’s",
        "A program may have written it, so nobody was answered. Read it, and make a ticket of it.",
    ),
    "unreadable": ("unreadable", "It could not be read. `vidare mails raw` writes it out as it came."),
    "pointed": ("pointed to the form", "Its writer got a pointer to the form."),
    "ignored": ("automatic", "A program wrote it. It was not answered."),
    "blocked": ("from a blocked sender", "Its sender is blocked. It was not answered."),
    "waiting": ("being read", "It will be read in a moment."),
    "opened": ("became a ticket", "A ticket was made of it."),
    "taken_in": ("added to a ticket", "It was added to its ticket."),
    "repeated": ("repeated", "A copy of it came before."),
}
WITHOUT_TICKET = ("unsure", "unreadable", "pointed", "ignored", "blocked")
# intake makes no ticket of the others.
OPENABLE = ("unsure", "pointed", "ignored", "blocked")


def add_mails(blueprint: Blueprint) -> None:
    """The routes /mails and below."""

    @blueprint.get("/mails")
    @authorised("mails.read", by="session")
    def mails() -> ResponseReturnValue:
        _tabs()
        state = request.args.get("state") or None
        page = intake().mails(principal(), state, request.args.get("cursor"))
        return render_template(
            "emails/mails.html",
            items=[_with_time(one) for one in page["items"]],
            next_cursor=page["next_cursor"],
            state=state,
            states=STATES,
            without_ticket=WITHOUT_TICKET,
            current_page="emails",
        )

    @blueprint.get("/mails/<name>")
    @authorised("mails.read", by="session")
    def mail(name: str) -> ResponseReturnValue:
        return _page(name)

    @blueprint.post("/mails/<name>/ticket")
    @authorised("mails.write", by="session")
    def open_mail(name: str) -> ResponseReturnValue:
        try:
            intake().open_ticket(principal(), name, request.form.get("category", ""))
        except Unprocessable as error:
            return _page(name, [message for messages in error.errors.values() for message in messages]), 422
        except Conflict as error:
            return _page(name, [str(error)]), 409
        return redirect(url_for("console.mail", name=name, done="mail-opened"), 303)


def _page(name: str, errors: Sequence[str] = ()) -> str:
    found = _with_time(intake().mail(principal(), name))
    _tabs()
    return render_template(
        "emails/mail.html",
        mail=found,
        states=STATES,
        openable=found["state"] in OPENABLE,
        categories=[category for category in deps().catalog.listed() if not category.required_fields],
        errors=errors,
        current_page="emails",
    )


def _tabs() -> None:
    with deps().engine.begin() as connection:
        show_tabs(connection, principal())


def _with_time(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "received_at": datetime.fromisoformat(one["received_at"])}
