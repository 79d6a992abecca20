"""E-mails: what was sent, its state and attempts, and sending it again."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.triage.console.emails.kind_titles import kind_titles
from services.triage.console.emails.mail_pages import add_mails
from services.triage.console.emails.notify_client import notify
from services.triage.console.emails.suppression_pages import add_suppressions
from services.triage.console.layout.layout import show_tabs
from services.triage.console.timeline.timeline_entries import EMAIL_STATES
from services.triage.current_deps import deps
from shared.http.authorisation import authorised, principal

# States whose e-mails can all be sent again, once what stopped them is corrected.
RESENDABLE_STATES = ("deferred", "failed", "bounced", "suppressed")
FILTERS = ("ticket", "state", "kind", "to", "cursor")


def add_pages(blueprint: Blueprint) -> None:
    """The routes /emails, /mails and /suppressions, with those below them."""
    add_mails(blueprint)
    add_suppressions(blueprint)

    @blueprint.get("/emails")
    @authorised("emails.read", by="session")
    def emails() -> ResponseReturnValue:
        filters = {name: request.args[name].strip() for name in FILTERS if request.args.get(name, "").strip()}
        _tabs()
        page = notify().emails(principal(), filters)
        return render_template(
            "emails/emails.html",
            items=[_with_times(one) for one in page["items"]],
            next_cursor=page["next_cursor"],
            filters=filters,
            kinds=kind_titles(principal()),
            state_pairs=[(state, state) for state in EMAIL_STATES],
            can_resend_all=_can_resend_all(filters),
            current_page="emails",
        )

    @blueprint.get("/emails/<uuid:email>")
    @authorised("emails.read", by="session")
    def email(email: UUID) -> ResponseReturnValue:
        _tabs()
        found = _with_times(notify().email(principal(), email))
        found["text"] = _without_key(found["text"])
        return render_template("emails/email.html", mail=found, kinds=kind_titles(principal()), current_page="emails")

    @blueprint.post("/emails/<uuid:email>/resend")
    @authorised("emails.write", by="session")
    def resend(email: UUID) -> ResponseReturnValue:
        notify().resend(principal(), email)
        return redirect(url_for("console.email", email=email, done="resent"), 303)

    @blueprint.post("/emails/resends")
    @authorised("emails.write", by="session")
    def resends() -> ResponseReturnValue:
        wanted = {name: request.form[name] for name in ("state", "kind") if request.form.get(name)}
        notify().resend_all(principal(), wanted)
        state, kind = wanted.get("state"), wanted.get("kind")
        return redirect(url_for("console.emails", state=state, kind=kind, done="resent-all"), 303)


def _can_resend_all(filters: dict[str, str]) -> bool:
    """Whether the list holds all e-mails of a resendable state (and kind): notify resends by state and kind only."""
    return filters.get("state") in RESENDABLE_STATES and not filters.keys() & {"ticket", "to"}


def _tabs() -> None:
    with deps().engine.begin() as connection:
        show_tabs(connection, principal())


def _without_key(text: str) -> str:
    """The text without the requester's key: with it an auditor, who may only read, could write on the ticket's page."""
    return re.sub(r"(\?key=)[\w-]+", r"\1…", text)


def _with_times(mail: dict[str, Any]) -> dict[str, Any]:
    """The e-mail with its times parsed."""
    times = {name: mail[name] and datetime.fromisoformat(mail[name]) for name in ("created_at", "sent_at")}
    attempts = [{**one, "at": datetime.fromisoformat(one["at"])} for one in mail.get("attempts", ())]
    return {**mail, **times, "attempts": attempts}
