"""After step 2: the ticket's page, which is the receipt too; send more, withdraw."""

from pathlib import Path

from flask import Blueprint, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.current_deps import deps
from services.intake.sender import correlation_id
from services.intake.submissions.posted import Posted
from services.intake.tickets.receive_follow_up import receive_follow_up
from services.intake.tickets.view_ticket import view_ticket
from services.intake.tickets.withdraw_ticket import withdraw_ticket
from services.intake.web.languages import page_locale
from services.intake.web.submission.form_input import EMPTY_INPUT, read_form_input
from services.intake.web.submission.rejection import REJECTIONS, rejection
from services.intake.web.submission.staged_file import sent_uploads, wants_removal
from services.intake.web.ticket.address_pages import add_address_pages
from services.intake.web.ticket.local_mails import mails_about
from services.intake.web.ticket.satisfaction_pages import add_satisfaction_pages
from services.intake.web.ticket.ticket_page import category_of, private, ticket_page
from shared.errors import NotFound


def add_ticket_pages(pages: Blueprint) -> None:
    """Add the pages below /t/. Each asks for the ticket's key; without it there is no such page."""
    pages.add_url_rule("/t/<reference>", view_func=ticket)
    pages.add_url_rule("/t/<reference>/follow-ups", view_func=follow_ups, methods=["POST"])
    pages.add_url_rule("/t/<reference>/withdrawal", view_func=withdrawal, methods=["POST"])
    pages.add_url_rule("/t/<reference>/mails", view_func=mails)
    add_address_pages(pages)
    add_satisfaction_pages(pages)


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


def mails(reference: str) -> ResponseReturnValue:
    """GET /t/<reference>/mails?key=…: in a local stack, the mails about this ticket; elsewhere there is no such page."""
    maildir = deps().settings.local_mailbox
    if maildir is None:
        abort(404)
    key = request.args.get("key", "")
    found = view_ticket(deps(), reference, key)
    shows_all = found.opened_by == "mailed"
    hidden = not shows_all and found.answered.possibly
    about = () if hidden else mails_about(Path(maildir), found.reference, answers=shows_all)
    page = render_template(
        "ticket/mails.html",
        mails=about,
        reference=found.reference,
        key=key,
        shows_all=shows_all,
        hidden=hidden,
        maildir=maildir,
    )
    return private(make_response(page))
