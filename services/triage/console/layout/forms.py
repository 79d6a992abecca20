"""Every form of the console carries a token; a post without it changes nothing."""

import re

from flask import request
from werkzeug.wrappers import Response

from services.triage.console.layout.cookies import is_secure, session_cookie, visit_cookie
from services.triage.current_deps import deps
from shared.errors import Forbidden, Unprocessable
from shared.http.csrf import csrf_token, is_csrf_token
from shared.http.json_bodies import NOT_TEXT, is_writable

_OURS = re.compile(r"/(?![/\\])[\w\-./?=&%~:]*")


class StaleForm(Forbidden):
    """The form was made in an earlier session of this browser, or by nobody."""


def session_name() -> str:
    """The secret name of the session that this browser holds, or empty."""
    return request.cookies.get(session_cookie(deps().settings.triage_url), "")


def visit_name() -> str:
    """What the sign-in form's token is bound to while there is no session, or empty."""
    return request.cookies.get(visit_cookie(deps().settings.triage_url), "")


def form_token() -> str:
    """The token for forms on this page."""
    return csrf_token(deps().settings.secret, session_name() or visit_name())


def check_form() -> None:
    """Before each request: raise StaleForm for a post that no form of this session made, Unprocessable for one that is no text.

    Without a session there is nothing to protect but the sign-in form itself: the view then asks to sign in.
    """
    if request.method != "POST" or (not session_name() and request.endpoint != "console.sign_in_now"):
        return
    if not is_csrf_token(deps().settings.secret, session_name() or visit_name(), request.form.get("csrf_token", "")):
        raise StaleForm(
            "You have signed in anew since it was opened, so nothing was sent. Open it again and try once more."
        )
    faults = {name: [NOT_TEXT] for name, value in request.form.items(multi=True) if not is_writable(name + value)}
    if faults:
        raise Unprocessable(faults)


def ours(address: str) -> str:
    """The address if it is a path of ours and nothing else (browsers read `//host` and `/\\host` as other sites), or empty."""
    return address if _OURS.fullmatch(address) else ""


def set_cookie(response: Response, name: str, value: str) -> None:
    """A cookie that scripts cannot read and other sites' posts do not carry; it ends with the browser."""
    response.set_cookie(
        name, value, secure=is_secure(deps().settings.triage_url), httponly=True, samesite="Lax", path="/"
    )


def drop_cookie(response: Response, name: str) -> None:
    """Let the browser forget it."""
    response.delete_cookie(name, secure=is_secure(deps().settings.triage_url), httponly=True, samesite="Lax", path="/")
