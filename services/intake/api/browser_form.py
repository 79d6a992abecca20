"""A browser's own post to the API: its faults are shown on our form, with everything typed in it."""

from flask import request
from flask.typing import ResponseReturnValue

from services.intake.api.parts import reception
from services.intake.web.submission.form_input import read_typed
from services.intake.web.submission.pages import note_form
from services.intake.web.submission.rejection import REFUSALS, refusal
from shared.http.problems import answer_error

__all__ = ["REFUSALS", "refused_form"]


def refused_form(error: Exception) -> ResponseReturnValue:
    """Our form as the person filled in somebody else's. Without a category we know there is no form: then the error's own page."""
    category = reception().catalog.resolve(request.form.get("category", "").strip())
    if category is None or not category.listed:
        return answer_error(error)
    return note_form(category, read_typed(request.form, category), refusal(error))
