"""After step 2: the ticket's page, which is the receipt too; send more, withdraw."""

from pathlib import Path

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from services.intake.current_deps import deps
from services.intake.sender import correlation_id
from services.intake.submissions.posted import Posted
from services.intake.tickets.change_email import change_email
from services.intake.tickets.receive_follow_up import receive_follow_up
from services.intake.tickets.view_ticket import Ticket, view_ticket
from services.intake.tickets.withdraw_ticket import withdraw_ticket
from services.intake.web.languages import current_language, page_locale
from services.intake.web.submission.evidence_sections import EvidenceSection, evidence_sections
from services.intake.web.submission.form_input import (
    EMPTY_INPUT,
    FILE,
    FormInput,
    accepted_suggestion,
    in_form_order,
    read_form_input,
)
from services.intake.web.submission.pages import form_token, shown_errors
from services.intake.web.submission.rejection import REJECTIONS, Rejection, rejection
from services.intake.web.submission.staged_file import chosen_a_file, kept_file, sent_uploads, wants_removal
from services.intake.web.ticket.local_mails import mails_about
from services.intake.web.ticket.progress import steps_of
from shared.catalog.model import Category
from shared.errors import NotFound


def add_ticket_pages(pages: Blueprint) -> None:
    """Add the pages below /t/. Each asks for the ticket's key; without it there is no such page."""
    pages.add_url_rule("/t/<reference>", view_func=ticket)
    pages.add_url_rule("/t/<reference>/follow-ups", view_func=follow_ups, methods=["POST"])
    pages.add_url_rule("/t/<reference>/withdrawal", view_func=withdrawal, methods=["POST"])
    pages.add_url_rule("/t/<reference>/mails", view_func=mails)
    pages.add_url_rule("/t/<reference>/address", view_func=address, methods=["POST"])


def ticket(reference: str) -> ResponseReturnValue:
    """GET /t/<reference>?key=…: the status, what is missing, and a form to send more."""
    key = request.args.get("key", "")
    return ticket_page(view_ticket(deps(), reference, key), key, EMPTY_INPUT)


def follow_ups(reference: str) -> ResponseReturnValue:
    """POST /t/<reference>/follow-ups: a message, a file, or missing evidence; then 303 back to the page."""
    key = request.form.get("key", "")
    found = view_ticket(deps(), reference, key)
    entered = read_form_input(request.form, category_of(found))
    if wants_removal():
        return ticket_page(found, key, entered)
    try:
        posted = Posted(entered.addition(), sent_uploads())
        added = receive_follow_up(deps(), reference, key, posted, correlation_id(), page_locale())
    except NotFound:
        raise
    except REJECTIONS as error:
        return ticket_page(found, key, entered, rejection(error))
    g.replayed = added.replayed
    return redirect(url_for("form.ticket", reference=reference, key=key, just="sent"), 303)


def withdrawal(reference: str) -> ResponseReturnValue:
    """POST /t/<reference>/withdrawal: the requester withdraws the ticket; then 303 to the page."""
    key = request.form.get("key", "")
    withdraw_ticket(deps(), reference, key, correlation_id())
    return redirect(url_for("form.ticket", reference=reference, key=key), 303)


def address(reference: str) -> ResponseReturnValue:
    """POST /t/<reference>/address: another address where our mail came back; then 303 to the page."""
    key, email = request.form.get("key", ""), request.form.get("email", "")
    found = view_ticket(deps(), reference, key)
    if suggested := accepted_suggestion(request.form):
        return ticket_page(found, key, FormInput({"email": suggested}, {}))
    try:
        change_email(deps(), reference, key, email, correlation_id())
    except NotFound:
        raise
    except REJECTIONS as error:
        return ticket_page(found, key, FormInput({"email": email}, {}), rejection(error))
    return redirect(url_for("form.ticket", reference=reference, key=key, just="changed"), 303)


def mails(reference: str) -> ResponseReturnValue:
    """GET /t/<reference>/mails?key=…: in a local stack, the mails about this ticket; elsewhere there is no such page."""
    maildir = deps().settings.local_mailbox
    if maildir is None:
        abort(404)
    key = request.args.get("key", "")
    found = view_ticket(deps(), reference, key)
    about = mails_about(Path(maildir), found.reference)
    return _private(
        make_response(render_template("ticket/mails.html", mails=about, reference=found.reference, key=key))
    )


def ticket_page(found: Ticket, key: str, entered: FormInput, rejected: Rejection | None = None) -> Response:
    """The page, with what was entered and the errors in it where something was rejected."""
    category = category_of(found)
    missing = missing_sections(category, found)
    errors = in_form_order(rejected.errors, category) if rejected else {}
    kept = kept_file(errors)
    asked = [f"details.{slot.id}" for section in missing for slot in section.slots if slot.typed]
    settings = deps().settings
    page = render_template(
        "ticket/ticket.html",
        ticket=found,
        key=key,
        category=category,
        steps=steps_of(found.status, found.created_at, _team_name(found.team), current_language()),
        missing=missing,
        just=request.args.get("just", ""),
        local=settings.triage_url if settings.local_mailbox else "",
        form_token=form_token(),
        kept_file=kept,
        file_lost=kept is None and chosen_a_file(),
        entered=entered.shown,
        **shown_errors(errors, ["email", "message", FILE, *asked]),
    )
    return _private(make_response(page, rejected.status if rejected else 200, rejected.headers if rejected else {}))


def missing_sections(category: Category, found: Ticket) -> list[EvidenceSection]:
    """What is still missing, in sections: the slots of an any_of group share one."""
    return [
        section.among(found.missing_evidence)
        for section in evidence_sections(category, found.details)
        if section.names(found.missing_evidence)
    ]


def category_of(found: Ticket) -> Category:
    """The category of a ticket, under its present path where it was renamed since."""
    catalog = deps().catalog
    return catalog.resolve(found.category) or catalog.categories[found.category]


def _team_name(team: str | None) -> Markup | None:
    """The title of the catalogue's segment of the same name; without one, the team's own name."""
    if team is None:
        return None
    title = deps().catalog.segments.get(team)
    return Markup.escape(title.in_locale(page_locale()).text if title else team.replace("-", " ").capitalize())


def _private(response: Response) -> Response:
    """The address holds the key: no referrer may carry it, and no cache may keep the page."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
