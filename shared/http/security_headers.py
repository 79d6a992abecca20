"""Headers of every answer (OWASP ASVS 5.0, V3.4); a view that needs another value sets it itself."""

from flask import Flask, Response, request

# Nothing inline, nothing from other origins, no embedding. Forms may post to our own origin only.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def add_security_headers(app: Flask) -> None:
    """Put the headers on every answer of `app`."""
    app.after_request(_add)


_ALWAYS = (
    ("content-security-policy", "Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "X-Content-Type-Options", "nosniff"),
    ("x-frame-options", "X-Frame-Options", "DENY"),
    ("referrer-policy", "Referrer-Policy", "same-origin"),
    ("cross-origin-opener-policy", "Cross-Origin-Opener-Policy", "same-origin"),
)


def _add(response: Response) -> Response:
    headers = response.headers
    present = {name.lower() for name in headers.keys()}  # noqa: SIM118  # iterating Headers gives pairs
    for folded, name, value in _ALWAYS:
        if folded not in present:
            headers.add(name, value)
    if "cache-control" not in present:
        # Answers are about one person's ticket; views whose answers may be cached (the catalogue, static files) set their own.
        headers.add("Cache-Control", "no-store")
    if request.is_secure and "strict-transport-security" not in present:
        headers.add("Strict-Transport-Security", "max-age=31536000")
    return response
