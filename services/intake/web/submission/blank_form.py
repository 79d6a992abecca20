"""The form before anything is entered: made once for each category and language, since it takes longer than accepting a submission."""

import secrets
from collections.abc import Callable

from flask import current_app, request

from services.intake.web.languages import page_locale

# Stands in the kept page for the token, which is each visitor's own.
_TOKEN = secrets.token_urlsafe(24)
_KEPT = "blank_forms"


def blank_form(path: str, render: Callable[[str], str], token: str) -> str:
    """The page of the category at `path` in this request's language, with this token. `render` makes it with a token.

    An address with other parameters than the language is not kept: anybody may invent such.
    """
    if request.args.keys() - {"lang"} or len(request.args.getlist("lang")) > 1:
        return render(token)
    kept: dict[tuple[str, str, bool], str] = current_app.extensions.setdefault(_KEPT, {})
    # The page's own links differ where the address names the language.
    key = (path, page_locale(), request.args.get("lang") == page_locale())
    if request.args and not key[2]:
        return render(token)
    page = kept.get(key)
    if page is None:
        page = kept[key] = render(_TOKEN)
    return page.replace(_TOKEN, token)
