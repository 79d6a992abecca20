"""The console's cookies: their names, reading, setting and deleting them."""

from urllib.parse import urlsplit

from flask import request
from werkzeug.wrappers import Response

from services.triage.current_deps import deps


def session_cookie(triage_url: str) -> str:
    """The name of the session cookie. Over TLS, `__Host-` binds it to the host.

    Without TLS (the local stack) the name holds the port: cookies ignore ports, and two stacks on one machine would overwrite
    each other's session.
    """
    address = urlsplit(triage_url)
    return "__Host-vidare" if address.scheme == "https" else f"vidare-{address.port or 80}"


def visit_cookie(triage_url: str) -> str:
    """The name of the cookie that the sign-in form's token is bound to."""
    return f"{session_cookie(triage_url)}-visit"


def session_id() -> str:
    """The secret id of this browser's session, or empty."""
    return request.cookies.get(session_cookie(deps().settings.triage_url), "")


def visit_id() -> str:
    """The id that the sign-in form's token is bound to while there is no session, or empty."""
    return request.cookies.get(visit_cookie(deps().settings.triage_url), "")


def set_cookie(response: Response, name: str, value: str) -> None:
    """Set a cookie that scripts cannot read and that posts of other sites do not send; it ends with the browser."""
    response.set_cookie(name, value, secure=_uses_tls(), httponly=True, samesite="Lax", path="/")


def delete_cookie(response: Response, name: str) -> None:
    response.delete_cookie(name, secure=_uses_tls(), httponly=True, samesite="Lax", path="/")


def _uses_tls() -> bool:
    return deps().settings.triage_url.startswith("https:")
