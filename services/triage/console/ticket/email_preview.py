"""A disapproval as the requester will read it, before it goes."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.triage.console.emails.notify_client import notify
from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from services.triage.tickets.read_ticket import read_ticket
from shared.errors import Unprocessable
from shared.http.authorisation import authorised, principal


def add_letter_preview(blueprint: Blueprint) -> None:
    """The route /tickets/<reference>/disapproval/preview."""

    @blueprint.post("/tickets/<reference>/disapproval/preview")
    @authorised("tickets.write", by="session")
    def preview_disapproval(reference: str) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            ticket = read_ticket(connection, reference, principal())
        reasons = request.form.getlist("reasons")
        if not reasons:
            raise Unprocessable({"reasons": ["Tick at least one reason, then look at the letter again."]})
        locale = ticket["locale"] or "en"
        draft = {
            "locale": locale,
            "reasons": reasons,
            "message": request.form.get("message", ""),
            "reference": reference,
        }
        letter = notify().preview_disapproval(principal(), draft)
        return render_template("ticket/letter_preview.html", letter=letter, reference=reference, locale=letter["lang"])
