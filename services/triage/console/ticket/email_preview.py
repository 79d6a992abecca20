"""A preview of a disapproval's e-mail."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.triage.actions.messages import newest_of_requester
from services.triage.console.emails.notify_client import notify
from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from services.triage.tickets.read_ticket import read_ticket
from shared.errors import Unprocessable
from shared.http.authorisation import authorised, principal


def add_email_preview(blueprint: Blueprint) -> None:
    """The route /tickets/<reference>/disapproval/preview."""

    @blueprint.post("/tickets/<reference>/disapproval/preview")
    @authorised("tickets.write", by="session")
    def preview_disapproval(reference: str) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            ticket = read_ticket(connection, reference, principal())
            quoted = newest_of_requester(connection, reference)
        reasons = request.form.getlist("reasons")
        if not reasons:
            raise Unprocessable({"reasons": ["Tick at least one reason, then preview the e-mail again."]})
        locale = ticket["locale"] or "en"
        draft = {
            "locale": locale,
            "reasons": reasons,
            "message": request.form.get("message", ""),
            "reference": reference,
            "person": True,
            "subject": ticket["subject"],
            "quoted": quoted,
        }
        email = notify().preview_disapproval(principal(), draft)
        return render_template("ticket/email_preview.html", email=email, reference=reference, locale=email["lang"])
