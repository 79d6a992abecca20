"""The Content-Security-Policy of the console's pages: scripts also connect to the process of live updates."""

from urllib.parse import urlsplit

from flask import Blueprint, Response

from services.triage.current_deps import deps
from shared.http.security_headers import CONTENT_SECURITY_POLICY


def console_policy() -> str:
    """The policy, which views that need another begin with."""
    address = urlsplit(deps().settings.live_url)
    return CONTENT_SECURITY_POLICY.replace(
        "connect-src 'self'", f"connect-src 'self' {address.scheme}://{address.netloc}"
    )


def add_policy(blueprint: Blueprint) -> None:
    """Send it with every page that has none of its own."""

    @blueprint.after_request
    def policy(answer: Response) -> Response:
        if answer.mimetype == "text/html":
            answer.headers.setdefault("Content-Security-Policy", console_policy())
        return answer
