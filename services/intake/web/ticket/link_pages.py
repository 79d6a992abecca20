"""GET|POST /t: have the links of all open tickets sent to the address they came from."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.current_deps import deps
from services.intake.sender import correlation_id, network
from services.intake.tickets.find_links import request_links
from services.intake.web.languages import page_locale
from services.intake.web.submission.form_input import accepted_suggestion
from services.intake.web.submission.pages import honeypot_filled, shown_errors
from services.intake.web.submission.rejection import REJECTIONS, rejection


def add_link_pages(pages: Blueprint) -> None:
    """Add the page."""
    pages.add_url_rule("/t", view_func=links, methods=["GET", "POST"])


def links() -> ResponseReturnValue:
    """The form; sent, 303 to a page that is the same whether the address is known or not."""
    if request.method == "GET":
        return render_template("ticket/links.html", asked="asked" in request.args, entered={}, **shown_errors({}, []))
    if suggested := accepted_suggestion(request.form):
        return render_template("ticket/links.html", asked=False, entered={"email": suggested}, **shown_errors({}, []))
    email = request.form.get("email", "")
    try:
        request_links(deps(), email, page_locale(), network(), correlation_id(), honeypot_filled=honeypot_filled())
    except REJECTIONS as error:
        rejected = rejection(error)
        errors = shown_errors(rejected.errors, ["email"])
        page = render_template("ticket/links.html", asked=False, entered={"email": email}, **errors)
        return make_response(page, rejected.status, rejected.headers)
    return redirect(url_for("form.links", asked=1), 303)
