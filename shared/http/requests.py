"""What applies to every request of an application: trusted proxies, bodies in time and to their end, no NUL."""

from collections.abc import Callable
from typing import Any

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from shared.errors import NotFound, Unprocessable
from shared.http.json_bodies import NOT_TEXT
from shared.http.slow_bodies import SlowBodies
from shared.http.unread_bodies import UnreadBodies
from shared.settings import PlatformSettings


def guard_requests(app: Flask, settings: PlatformSettings) -> None:
    """Read addresses through the settings' proxies, and close connections whose bodies do not arrive or are too large to skip.

    Without proxies X-Forwarded-For is ignored: limits and locks are counted by network.
    """
    app.before_request(_reject_nul)
    # None of our views and hooks is a coroutine. Flask would look at each, eleven for a submission (10 µs of 550).
    app.ensure_sync = _as_it_is  # type: ignore[method-assign, assignment]
    app.wsgi_app = SlowBodies(UnreadBodies(app.wsgi_app), settings.body_seconds)  # type: ignore[method-assign]
    if settings.proxies:
        trusted = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted)  # type: ignore[method-assign]


def _as_it_is(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def _reject_nul() -> None:
    """Raise NotFound for a NUL in the path, Unprocessable for one in an API's query: PostgreSQL cannot store it."""
    if "\x00" in request.path:
        raise NotFound("There is nothing of this name.")
    if not request.path.startswith("/v1/"):
        return  # pages ignore what they cannot read
    errors = {name: [NOT_TEXT] for name, value in request.args.items(multi=True) if "\x00" in value}
    if errors:
        raise Unprocessable(errors)
