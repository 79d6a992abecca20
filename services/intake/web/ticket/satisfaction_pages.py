"""GET|POST /t/<reference>/satisfaction: what the requester answers about how the ticket was resolved."""

from collections.abc import Mapping

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from webargs.core import is_json

from services.intake.current_deps import deps
from services.intake.satisfaction.answer import LONGEST_COMMENT, VALUES, read_answer
from services.intake.satisfaction.find_question import find_question
from services.intake.satisfaction.give_satisfaction import Given, give_satisfaction
from services.intake.sender import correlation_id, network
from services.intake.web.submission.pages import shown_errors
from services.intake.web.submission.rejection import REJECTIONS, Rejection, rejection
from services.intake.web.ticket.ticket_page import private
from shared.errors import NotFound, UnsupportedMedia
from shared.http.json_bodies import read_json_object
from shared.http.problems import FORM_TYPES

_FIELDS = ("answer", "comment")
WRONG_TYPE = "Send a form or application/json."


def add_satisfaction_pages(pages: Blueprint) -> None:
    """Add the page."""
    pages.add_url_rule("/t/<reference>/satisfaction", view_func=satisfaction)
    pages.add_url_rule("/t/<reference>/satisfaction", view_func=answer_satisfaction, methods=["POST"])


def satisfaction(reference: str) -> ResponseReturnValue:
    """GET /t/<reference>/satisfaction?token=…&answer=…: the form with this answer chosen. Programs follow links in e-mails too, so it
    records nothing."""
    return _page(reference, {"answer": request.args.get("answer", "")})


def answer_satisfaction(reference: str) -> ResponseReturnValue:
    """POST: the answer counts; 303 to a page that thanks for it, or 200 with the answer to one that came as JSON."""
    if is_json(request.mimetype):
        given = _give(reference, read_json_object(request.get_data()))
        return private(jsonify(answer=given.answer.value, comment=given.answer.comment, at=given.at.isoformat()))
    if request.mimetype not in FORM_TYPES:
        raise UnsupportedMedia(WRONG_TYPE)
    entered = {name: request.form[name] for name in _FIELDS if name in request.form}
    try:
        _give(reference, entered)
    except NotFound:
        raise
    except REJECTIONS as error:
        return _page(reference, entered, rejection(error))
    thanks = url_for("form.satisfaction", reference=reference, token=_token(), answer=entered["answer"], just="sent")
    return private(make_response(redirect(thanks, 303)))


def _give(reference: str, entered: Mapping[str, object]) -> Given:
    # Without a valid token nothing is said of what was entered.
    find_question(deps(), reference, _token())
    return give_satisfaction(deps(), reference, _token(), read_answer(entered), network(), correlation_id())


def _token() -> str:
    return request.args.get("token", "") or request.form.get("token", "")


def _page(reference: str, entered: Mapping[str, str], rejected: Rejection | None = None) -> Response:
    question = find_question(deps(), reference, _token())
    page = render_template(
        "ticket/satisfaction.html",
        question=question,
        token=_token(),
        values=VALUES,
        longest=LONGEST_COMMENT,
        entered=entered,
        just=request.args.get("just", ""),
        **shown_errors(rejected.errors if rejected else {}, ["answer", "comment"]),
    )
    return private(make_response(page, rejected.status if rejected else 200, rejected.headers if rejected else {}))
