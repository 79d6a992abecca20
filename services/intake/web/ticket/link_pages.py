"""GET|POST /t: the links of all open notes, sent to the address they came with."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.web.desk import desk
from services.intake.web.parts import parts
from services.intake.web.submission.pages import TRAP, shown_faults
from services.intake.web.submission.rejection import REFUSALS, refusal


def add_link_pages(pages: Blueprint) -> None:
    """Add the page."""
    pages.add_url_rule("/t", view_func=links, methods=["GET", "POST"])


def links() -> ResponseReturnValue:
    """The form; sent, 303 to a page that says the same whether the address is known or not."""
    if request.method == "GET":
        return render_template("ticket/links.html", asked="asked" in request.args, typed={}, **shown_faults({}, []))
    email = request.form.get("email", "")
    try:
        desk().request_links(email, parts().locale, bool(request.form.get(TRAP, "")))
    except REFUSALS as error:
        refused = refusal(error)
        faults = shown_faults(refused.faults, ["email"])
        page = render_template("ticket/links.html", asked=False, typed={"email": email}, **faults)
        return make_response(page, refused.status, refused.headers)
    return redirect(url_for("form.links", asked=1), 303)
