"""How requests reach an application, whoever sends them: from behind how many proxies, and with bodies that arrive in time."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from shared.settings import PlatformSettings
from shared.web.slow_bodies import SlowBodies


def watch_arrivals(app: Flask, settings: PlatformSettings) -> None:
    """Read addresses through the settings' proxies, and close connections whose bodies do not come.

    Without proxies nobody's X-Forwarded-For is believed: limits and locks are counted by network.
    """
    app.wsgi_app = SlowBodies(app.wsgi_app, settings.body_seconds)  # type: ignore[method-assign]
    if settings.proxies:
        trusted = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted)  # type: ignore[method-assign]
