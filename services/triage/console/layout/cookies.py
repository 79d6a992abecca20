"""Names of the console's cookies, and whether they travel over TLS alone."""

from urllib.parse import urlsplit


def is_secure(triage_url: str) -> bool:
    """Whether agents come over TLS; cookies then never travel without it."""
    return triage_url.startswith("https:")


def session_cookie(triage_url: str) -> str:
    """The name of the session's cookie. `__Host-` binds it to this very host over TLS; without TLS (the local stack) the port is
    in the name, since cookies do not know ports and two stacks on one machine would sign each other out.
    """
    address = urlsplit(triage_url)
    return "__Host-vidare" if address.scheme == "https" else f"vidare-{address.port or 80}"


def visit_cookie(triage_url: str) -> str:
    """The name of the cookie that the sign-in form's token is bound to."""
    return f"{session_cookie(triage_url)}-visit"
