"""Step 2: the note form, shown and sent."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from services.intake.web.desk import Accepted, SentForm, desk
from services.intake.web.help.funnel import count_step
from services.intake.web.help.pages import find_category
from services.intake.web.parts import parts
from services.intake.web.submission.error_messages import in_words
from services.intake.web.submission.evidence_sections import evidence_sections
from services.intake.web.submission.form_input import NOTHING_TYPED, Typed, field_order, in_form_order, read_typed
from services.intake.web.submission.form_token import new_token, read_token
from services.intake.web.submission.rejection import REFUSALS, Refusal, refusal
from services.intake.web.submission.staged_file import chosen_a_file, kept_file, sent_files, wants_removal
from shared.catalog.help_html import help_html
from shared.catalog.model import Category

# A field that people do not see; programs fill it in.
TRAP = "homepage"
# Sent by the language switch: show the form in another language, with all that was typed; send nothing.
ONLY_LANGUAGE = "only_language"


def add_note_pages(pages: Blueprint) -> None:
    """Add the page of step 2."""
    pages.add_url_rule("/help/<path:category>/note", view_func=note, methods=["GET", "POST"])


def note(category: str) -> ResponseReturnValue:
    """GET|POST /help/<category/path>/note: the form; sent, 303 to the receipt, or the form again with its faults."""
    found = find_category(category)
    if request.method == "GET":
        count_step("went_on", found.path)
        return note_form(found, NOTHING_TYPED)
    typed = read_typed(request.form, found)
    if wants_removal() or ONLY_LANGUAGE in request.form:
        return note_form(found, typed)
    try:
        accepted = _send(found, typed)
    except REFUSALS as error:
        return note_form(found, typed, refusal(error))
    count_step("submitted", found.path)
    return redirect(url_for("form.ticket", reference=accepted.reference, key=accepted.key), 303)


def note_form(category: Category, typed: Typed, refused: Refusal | None = None) -> Response:
    """The form with all that was typed, and what is wrong with it where it was refused."""
    faults = in_form_order(refused.faults, category) if refused else {}
    kept = kept_file(faults)
    page = render_template(
        "submission/note.html",
        category=category,
        kept_file=kept,
        typed=typed.fields,
        cannot_provide=typed.cannot_provide,
        evidence=evidence_sections(category, typed.details()),
        form_token=form_token(),
        platforms=_platforms(),
        username_help=_username_help(category),
        file_lost=kept is None and chosen_a_file(),
        **shown_faults(faults, field_order(category)),
    )
    return make_response(page, refused.status if refused else 200, refused.headers if refused else {})


def shown_faults(faults: Mapping[str, Sequence[str]], questions: Sequence[str]) -> dict[str, object]:
    """What the templates need to show faults: the sentences by question, and which of the questions can be linked to."""
    return {"errors": in_words(faults, parts().phrases), "linked": frozenset(questions)}


def _send(category: Category, typed: Typed) -> Accepted:
    token = read_token(parts().settings.secret, request.form.get("form_token", ""))
    form = SentForm(token, bool(request.form.get(TRAP, "")))
    locale = parts().locale
    return desk().submit(typed.note(category, locale), sent_files(), form, locale)


def form_token() -> str:
    """The token the form came with, so that it stays one form however often it is mended; else a new one."""
    given = request.form.get("form_token", "")
    return given if read_token(parts().settings.secret, given) else new_token(parts().settings.secret)


def _platforms() -> list[tuple[str, str, str]]:
    plain = parts().phrases.plain
    names = {
        "web": plain("In a browser"),
        "ios": plain("iPhone or iPad"),
        "android": plain("Android"),
        "other": plain("Another way"),
    }
    return [(value, name, "") for value, name in names.items()]


def _username_help(category: Category) -> Markup | None:
    """The help of finding one's username, unless this is its own page's form."""
    path = parts().catalog.username_help
    about = parts().catalog.resolve(path) if path and path != category.path else None
    return help_html(about, parts().locale) if about else None
