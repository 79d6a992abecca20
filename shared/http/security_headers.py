"""Headers that every answer carries (OWASP ASVS 5.0, V3.4); a view that needs another value sets it itself."""

from flask import Flask, Response, request

# Nothing inline, nothing from elsewhere, no frames around us. Forms may post to ourselves only.
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
        # Answers speak of one person's ticket; what may be kept (the catalogue, static files) says so itself.
        headers.add("Cache-Control", "no-store")
    if request.is_secure and "strict-transport-security" not in present:
        headers.add("Strict-Transport-Security", "max-age=31536000")
    return response
