"""The ledger of e-mails: what was sent, what became of it, and sending it again."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.triage.console.emails.notify_client import Notify
from services.triage.console.layout.layout import show_tabs
from services.triage.console.ticket.timeline_entries import EMAIL_KINDS, EMAIL_STATES
from services.triage.current_deps import deps
from shared.http.authorisation import authorised, principal

# States at whose end something may be mended, so that all of them go out again.
AGAIN = ("deferred", "failed", "bounced", "suppressed")
FILTERS = ("ticket", "state", "kind", "to", "cursor")


def add_emails(blueprint: Blueprint) -> None:
    """The routes /emails and below."""

    @blueprint.get("/emails")
    @authorised("emails.read", by="session")
    def emails() -> ResponseReturnValue:
        filters = {name: request.args[name].strip() for name in FILTERS if request.args.get(name, "").strip()}
        _tabs()
        page = notify().emails(principal(), filters)
        return render_template(
            "emails/emails.html",
            items=[_dated(one) for one in page["items"]],
            next_cursor=page["next_cursor"],
            filters=filters,
            kinds=EMAIL_KINDS,
            state_pairs=[(state, state) for state in EMAIL_STATES],
            sent_again=_all_can_be_sent_again(filters),
            place="emails",
        )

    @blueprint.get("/emails/<uuid:email>")
    @authorised("emails.read", by="session")
    def email(email: UUID) -> ResponseReturnValue:
        _tabs()
        found = _dated(notify().email(principal(), email))
        found["text"] = _unkeyed(found["text"])
        return render_template("emails/email.html", mail=found, kinds=EMAIL_KINDS, place="emails")

    @blueprint.post("/emails/<uuid:email>/resend")
    @authorised("emails.write", by="session")
    def resend(email: UUID) -> ResponseReturnValue:
        notify().resend(principal(), email)
        return redirect(url_for("console.email", email=email, done="resent"), 303)


def add_resends(blueprint: Blueprint) -> None:
    """The route /emails/resends."""

    @blueprint.post("/emails/resends")
    @authorised("emails.write", by="session")
    def resends() -> ResponseReturnValue:
        wanted = {name: request.form[name] for name in ("state", "kind") if request.form.get(name)}
        notify().resend_all(principal(), wanted)
        state, kind = wanted.get("state"), wanted.get("kind")
        return redirect(url_for("console.emails", state=state, kind=kind, done="resent-all"), 303)


def notify() -> Notify:
    """notify, as the settings name it."""
    return Notify(deps().settings.notify_url, deps().settings.secret)


def _all_can_be_sent_again(filters: dict[str, str]) -> bool:
    """Whether the list is of a state whose e-mails go out again all together, and of nothing narrower than that and a kind."""
    return filters.get("state") in AGAIN and not filters.keys() & {"ticket", "to"}


def _tabs() -> None:
    with deps().engine.begin() as connection:
        show_tabs(connection, principal())


def _unkeyed(text: str) -> str:
    """Without the requester's key: it opens their page to whoever has it, and an auditor writes nothing."""
    return re.sub(r"(\?key=)[\w-]+", r"\1…", text)


def _dated(mail: dict[str, Any]) -> dict[str, Any]:
    """With its times as times."""
    times = {name: mail[name] and datetime.fromisoformat(mail[name]) for name in ("created_at", "sent_at")}
    attempts = [{**one, "at": datetime.fromisoformat(one["at"])} for one in mail.get("attempts", ())]
    return {**mail, **times, "attempts": attempts}
