"""The address of a ticket: ask for another one, confirm it by the link sent to it; have the ticket's own link sent again."""

from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.addresses.confirm_address_change import confirm_address_change, find_address_change
from services.intake.addresses.request_address_change import request_address_change
from services.intake.current_deps import deps
from services.intake.sender import correlation_id, network
from services.intake.tickets.change_email import change_email
from services.intake.tickets.send_link import send_link
from services.intake.tickets.view_ticket import view_ticket
from services.intake.web.languages import page_locale
from services.intake.web.submission.form_input import EMPTY_INPUT, FormInput, accepted_suggestion
from services.intake.web.submission.rejection import REJECTIONS, rejection
from services.intake.web.ticket.ticket_page import private, ticket_page
from shared.errors import NotFound
from shared.ticket_keys import mailed_key


def add_address_pages(pages: Blueprint) -> None:
    """Add the pages below /t/<reference>/address and the button that sends the link."""
    pages.add_url_rule("/t/<reference>/address", view_func=address, methods=["POST"])
    pages.add_url_rule("/t/<reference>/address/<uuid:change>", view_func=confirm_address, methods=["GET", "POST"])
    pages.add_url_rule("/t/<reference>/link", view_func=send_ticket_link, methods=["POST"])


def address(reference: str) -> ResponseReturnValue:
    """POST /t/<reference>/address: another address, which counts at once where our mail came back; then 303 to the page."""
    key, email = request.form.get("key", ""), request.form.get("email", "")
    found = view_ticket(deps(), reference, key)
    if suggested := accepted_suggestion(request.form):
        return ticket_page(found, key, FormInput({"email": suggested}, {}))
    try:
        if found.unreached:
            change_email(deps(), reference, key, email, correlation_id())
        else:
            request_address_change(deps(), reference, key, email, page_locale(), network(), correlation_id())
    except NotFound:
        raise
    except REJECTIONS as error:
        return ticket_page(found, key, FormInput({"email": email}, {}), rejection(error))
    just = "changed" if found.unreached else "asked"
    return redirect(url_for("form.ticket", reference=reference, key=key, just=just), 303)


def confirm_address(reference: str, change: UUID) -> ResponseReturnValue:
    """GET /t/<reference>/address/<change>?token=…: a button, since programs follow links in mails too; POST: the change takes effect."""
    token = request.values.get("token", "")
    if request.method == "GET":
        email = find_address_change(deps(), reference, change, token)
        page = render_template("ticket/confirm.html", email=email, reference=reference, change=change, token=token)
        return private(make_response(page))
    number = confirm_address_change(deps(), reference, change, request.form.get("token", ""), correlation_id())
    key = mailed_key(deps().settings.secret, reference, number)
    return redirect(url_for("form.ticket", reference=reference, key=key, just="changed"), 303)


def send_ticket_link(reference: str) -> ResponseReturnValue:
    """POST /t/<reference>/link: mail the ticket's link to its address once more; then 303 to the page."""
    key = request.form.get("key", "")
    try:
        send_link(deps(), reference, key, page_locale(), network(), correlation_id())
    except NotFound:
        raise
    except REJECTIONS as error:
        return ticket_page(view_ticket(deps(), reference, key), key, EMPTY_INPUT, rejection(error))
    return redirect(url_for("form.ticket", reference=reference, key=key, just="link"), 303)
