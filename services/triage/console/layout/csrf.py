"""Protection of the console's forms: each form holds a token, and a post without it is rejected."""

import re

from flask import request

from services.triage.console.layout.cookies import session_id, visit_id
from services.triage.current_deps import deps
from shared.errors import Forbidden, Unprocessable
from shared.http.csrf import csrf_token, is_csrf_token
from shared.http.json_bodies import NOT_TEXT, is_writable

_OWN_PATH = re.compile(r"/(?![/\\])[\w\-./?=&%~:]*")


# The forms of people who are not signed in.
PUBLIC_FORMS = ("console.sign_in_now", "console.forgotten_now", "console.choose_now")


class StaleForm(Forbidden):
    """The form's token belongs to another session, or there is none."""


def form_token() -> str:
    """The token for forms on this page."""
    return csrf_token(deps().settings.secret, session_id() or visit_id())


def check_form() -> None:
    """Check a post before its view runs. Raises StaleForm for a wrong token, Unprocessable for fields that are not text.

    A post without a session is let through, except those of PUBLIC_FORMS: the view redirects it to the sign-in form.
    """
    if request.method != "POST" or (not session_id() and request.endpoint not in PUBLIC_FORMS):
        return
    if not is_csrf_token(deps().settings.secret, session_id() or visit_id(), request.form.get("csrf_token", "")):
        raise StaleForm(
            "You have signed in again since you opened this page, so nothing was sent. Reload it and try again."
        )
    errors = {name: [NOT_TEXT] for name, value in request.form.items(multi=True) if not is_writable(name + value)}
    if errors:
        raise Unprocessable(errors)


def own_path(address: str) -> str:
    """The address if it is a path of this site, else empty. Browsers read `//host` and `/\\host` as other sites."""
    return address if _OWN_PATH.fullmatch(address) else ""
