"""notify's WSGI application."""

from flask import Flask, redirect
from werkzeug.wrappers import Response

from services.notify.api import emails, previews, suppressions
from services.notify.deps import bootstrap
from services.notify.metrics import COLLECTOR
from services.notify.settings import NotifySettings
from shared.api_docs import add_api_docs
from shared.http import health
from shared.http.authorisation import guard, public
from shared.http.problems import make_api
from shared.http.requests import guard_requests
from shared.http.security_headers import add_security_headers
from shared.settings import read

# As many connections as granian has threads for one process, so that no request waits for one.
CONNECTIONS = 16
LARGEST_BODY = 64 * 1024


def create_app(settings: NotifySettings | None = None) -> Flask:
    """The application on the settings' servers (default: the process's environment). It connects when first asked.

    Raises CatalogError.
    """
    settings = settings or read(NotifySettings)
    app = Flask(__name__, static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY)
    guard_requests(app, settings)
    deps = bootstrap(settings, application="vidare-notify", pool_size=CONNECTIONS)
    _ = deps.catalog  # read at the start, so that a broken one is found before the first request
    COLLECTOR.read_from(deps.engine)
    guard(app, deps.engine, settings.secret)
    add_security_headers(app)
    api = make_api(app, "Vidare notify", "Every e-mail, its state, and the reason for that.")
    add_api_docs(app, shown=settings.docs)
    checks = {"postgres": health.postgres_check(deps.engine)}
    api.register_blueprint(health.make_blueprint(checks, settings.metrics_token))
    for module in (emails, previews, suppressions):
        api.register_blueprint(module.make_blueprint(deps))
    console = f"{settings.triage_url}/emails"

    @app.get("/")
    @public
    def first_page() -> Response:
        return redirect(console)

    return app
