"""The e-mail that a form of a ticket's page would send, before it is sent."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from services.triage.actions.messages import newest_of_requester
from services.triage.actions.reply import THEN
from services.triage.actions.resolve import OUTCOMES
from services.triage.console.emails.notify_client import notify
from services.triage.console.layout.form_input import choice, text_field
from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from services.triage.tickets.read_ticket import read_ticket
from shared.errors import Unprocessable
from shared.http.authorisation import authorised, principal
from shared.http.security_headers import CONTENT_SECURITY_POLICY

Draft = Mapping[str, Any]
ReadForm = Callable[[], Draft]


def _reply() -> Draft:
    message = text_field("message")
    if not message:
        raise Unprocessable({"message": ["Write a few words first, then preview the e-mail again."]})
    return {"message": message, "then": choice("then", THEN)}


def _evidence() -> Draft:
    return {"message": text_field("message"), "evidence": _ticked("evidence", "Tick what is needed")}


def _disapproval() -> Draft:
    return {"message": text_field("message"), "reasons": _ticked("reasons", "Tick at least one reason")}


def _resolution() -> Draft:
    outcome = choice("outcome", OUTCOMES)
    if outcome == "spam":
        raise Unprocessable({"outcome": ["Spam is resolved in silence: no e-mail is sent."]})
    return {"message": text_field("message"), "outcome": outcome}


def _ticked(name: str, words: str) -> list[str]:
    chosen = request.form.getlist(name)
    if not chosen:
        raise Unprocessable({name: [f"{words}, then preview the e-mail again."]})
    return chosen


# By panel: the path of its action, the kind of e-mail, and how its form is read.
_PREVIEWS: Mapping[str, tuple[str, str, ReadForm]] = {
    "reply": ("replies", "reply", _reply),
    "evidence": ("information-requests", "information_request", _evidence),
    "disapprove": ("disapproval", "disapproval", _disapproval),
    "resolve": ("resolution", "resolution", _resolution),
}


def add_email_preview(blueprint: Blueprint) -> None:
    """The routes /tickets/<reference>/<action>/preview."""
    for panel, (path, kind, read) in _PREVIEWS.items():
        view = authorised("tickets.write", by="session")(_view(panel, kind, read))
        blueprint.add_url_rule(f"/tickets/<reference>/{path}/preview", f"preview_{panel}", view, methods=["POST"])


def _view(panel: str, kind: str, read: ReadForm) -> Callable[[str], ResponseReturnValue]:
    def preview(reference: str) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            ticket = read_ticket(connection, reference, principal())
            quoted = newest_of_requester(connection, reference)
        about = {name: ticket[name] for name in ("reference", "category", "subject")}
        draft = {**about, "locale": ticket["locale"] or "en", "person": True, "quoted": quoted, **read()}
        email = notify().preview(principal(), kind, draft)
        to = ticket["requester"]["email"]
        html = render_template(
            "ticket/email_preview.html", email=email, reference=reference, locale=email["lang"], panel=panel, to=to
        )
        answer = make_response(html)
        # E-mails have their style inside. The sandbox runs no script; pictures and fonts of other sites are not loaded.
        styled = CONTENT_SECURITY_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
        answer.headers["Content-Security-Policy"] = styled
        return answer

    return preview
