"""Step 2: the form, shown and sent."""

from collections.abc import Mapping, Sequence
from functools import partial

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from services.intake.current_deps import deps
from services.intake.sender import sender_of
from services.intake.submissions.posted import Posted
from services.intake.submissions.receive_submission import receive_submission
from services.intake.submissions.spam_check import SentForm
from services.intake.submissions.submission import Receipt
from services.intake.web.help.funnel import count_step
from services.intake.web.help.pages import find_category
from services.intake.web.languages import current_language, gettext, page_locale
from services.intake.web.submission.blank_form import blank_form
from services.intake.web.submission.error_messages import form_messages
from services.intake.web.submission.evidence_sections import evidence_sections
from services.intake.web.submission.form_input import (
    EMPTY_INPUT,
    FormInput,
    accepted_suggestion,
    field_order,
    in_form_order,
    read_form_input,
)
from services.intake.web.submission.form_token import new_token, read_token
from services.intake.web.submission.rejection import REJECTIONS, Rejection, rejection
from services.intake.web.submission.staged_file import chosen_a_file, kept_file, sent_uploads, wants_removal
from shared.catalog.help_html import help_html
from shared.catalog.model import Category
from shared.submission_fields import SUBMISSION_FIELDS, SubmissionField
from shared.ticket_keys import receipt_key

# A field that people do not see and programs fill in.
HONEYPOT = "homepage"
# Sent by the language switch: show the form in another language, with all that was entered; send nothing.
ONLY_LANGUAGE = "only_language"


def add_submission_pages(pages: Blueprint) -> None:
    """Add the page of step 2."""
    pages.add_url_rule("/help/<path:category>/note", "note", view_func=submission, methods=["GET", "POST"])


def submission(category: str) -> ResponseReturnValue:
    """GET|POST /help/<category/path>/note: the form; sent, 303 to the receipt, or the form again with its errors."""
    found = find_category(category)
    if request.method == "GET":
        count_step("went_on", found.path)
        token = new_token(deps().settings.secret)
        return make_response(blank_form(found.path, partial(_rendered, found, EMPTY_INPUT, {}), token))
    entered = read_form_input(request.form, found)
    if wants_removal() or ONLY_LANGUAGE in request.form or accepted_suggestion(request.form) is not None:
        return form_page(found, entered)
    try:
        receipt = _send(found, entered)
    except REJECTIONS as error:
        return form_page(found, entered, rejection(error))
    g.replayed = receipt.replayed
    count_step("submitted", found.path)
    key = receipt_key(deps().settings.secret, receipt.reference, receipt.key_number)
    return redirect(url_for("form.ticket", reference=receipt.reference, key=key), 303)


def form_page(category: Category, entered: FormInput, rejected: Rejection | None = None) -> Response:
    """The form with all that was entered, and the errors in it where it was rejected."""
    errors = in_form_order(rejected.errors, category) if rejected else {}
    page = _rendered(category, entered, errors, form_token())
    return make_response(page, rejected.status if rejected else 200, rejected.headers if rejected else {})


def _rendered(category: Category, entered: FormInput, errors: Mapping[str, Sequence[str]], token: str) -> str:
    kept = kept_file(errors)
    return render_template(
        "submission/form.html",
        category=category,
        kept_file=kept,
        entered=entered.shown,
        cannot_provide=entered.cannot_provide,
        evidence=evidence_sections(category, entered.details),
        form_token=token,
        questions=_questions(category),
        choices_of=_choices_of,
        username_help=_username_help(category),
        file_lost=kept is None and chosen_a_file(),
        **shown_errors(errors, field_order(category)),
    )


def shown_errors(errors: Mapping[str, Sequence[str]], questions: Sequence[str]) -> dict[str, object]:
    """What the templates need to show errors: the messages by question, and the questions that can be linked to."""
    return {"errors": form_messages(errors, current_language()), "linked": frozenset(questions)}


def form_token() -> str:
    """The token the form came with, so that it stays one form however often it is corrected; else a new one."""
    given = request.form.get("form_token", "")
    return given if read_token(deps().settings.secret, given) else new_token(deps().settings.secret)


def honeypot_filled() -> bool:
    """Whether the field that people do not see was filled in."""
    return bool(request.form.get(HONEYPOT, ""))


def _send(category: Category, entered: FormInput) -> Receipt:
    token = read_token(deps().settings.secret, request.form.get("form_token", ""))
    posted = Posted(entered.submission(category, page_locale()), sent_uploads())
    form = SentForm(token.made_at if token else None, honeypot_filled())
    return receive_submission(
        deps(), posted, sender_of(deps().engine, token.name if token else None), page_locale(), form
    )


def _questions(category: Category) -> Mapping[str, list[SubmissionField]]:
    """The questions of the declared fields before and after the category's own; the country where the category asks for it."""
    asked = [one for one in SUBMISSION_FIELDS if one.question and (one.kind != "country" or category.asks_country)]
    return {
        position: [one for one in asked if one.question and one.question.position == position]
        for position in ("before", "after")
    }


def _choices_of(field: SubmissionField) -> list[tuple[str, str, str]]:
    return [(value, gettext(label).striptags(), "") for value, label in field.choices.items()]


def _username_help(category: Category) -> Markup | None:
    """The help on finding one's username, unless this form belongs to that very page."""
    path = deps().catalog.username_help
    about = deps().catalog.resolve(path) if path and path != category.path else None
    return help_html(about, page_locale()) if about else None
