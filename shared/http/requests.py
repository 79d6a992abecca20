"""How requests reach an application, whoever sends them: from behind how many proxies, and with bodies that arrive in time."""

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from shared.errors import NotFound, Unprocessable
from shared.http.json_bodies import NOT_TEXT
from shared.http.slow_bodies import SlowBodies
from shared.settings import PlatformSettings


def guard_requests(app: Flask, settings: PlatformSettings) -> None:
    """Read addresses through the settings' proxies, and close connections whose bodies do not come.

    Without proxies nobody's X-Forwarded-For is believed: limits and locks are counted by network.
    """
    app.before_request(_refuse_nul)
    app.wsgi_app = SlowBodies(app.wsgi_app, settings.body_seconds)  # type: ignore[method-assign]
    if settings.proxies:
        trusted = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted)  # type: ignore[method-assign]


def _refuse_nul() -> None:
    """PostgreSQL takes no NUL in a text: nothing has such a name. Raises NotFound for one in the path, Unprocessable in an API's query."""
    if "\x00" in request.path:
        raise NotFound("There is nothing of this name.")
    if not request.path.startswith("/v1/"):
        return  # a page makes do with what it can read
    faults = {name: [NOT_TEXT] for name, value in request.args.items(multi=True) if "\x00" in value}
    if faults:
        raise Unprocessable(faults)
