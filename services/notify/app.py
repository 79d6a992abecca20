"""notify's WSGI application."""

from flask import Flask, redirect
from werkzeug.wrappers import Response

from services.notify.api import emails, previews, suppressions
from services.notify.api.context import Context
from services.notify.metrics import COLLECTOR
from services.notify.settings import NotifySettings
from shared.catalog import load
from shared.http import health
from shared.http.authorisation import guard, public
from shared.http.problems import make_api
from shared.http.requests import guard_requests
from shared.http.security_headers import add_security_headers
from shared.settings import read
from shared.storage.database import make_engine

# As many connections as granian has threads for one process, so that no request waits for one.
CONNECTIONS = 16
LARGEST_BODY = 64 * 1024


def create_app(settings: NotifySettings | None = None) -> Flask:
    """The application on the settings' servers (default: the process's environment). It connects when first asked."""
    settings = settings or read(NotifySettings)
    app = Flask(__name__, static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY)
    guard_requests(app, settings)
    engine = make_engine(settings, application="vidare-notify", pool_size=CONNECTIONS)
    COLLECTOR.watch(engine)
    context = Context(engine, settings, load(settings.catalog))
    guard(app, engine, settings.secret)
    add_security_headers(app)
    api = make_api(app, "Vidare notify", "Every e-mail, what became of it, and why.")
    api.register_blueprint(health.make_blueprint({"postgres": health.postgres_check(engine)}, settings.metrics_token))
    for part in (emails, previews, suppressions):
        api.register_blueprint(part.make_blueprint(context))
    console = f"{settings.triage_url}/emails"

    @app.get("/")
    @public
    def first_page() -> Response:
        return redirect(console)

    return app
