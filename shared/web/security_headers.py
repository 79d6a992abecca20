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


def _add(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint is None or not request.endpoint.endswith("static"):
        # Answers speak of one person's ticket; what may be kept (the catalogue, static files) says so itself.
        headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
