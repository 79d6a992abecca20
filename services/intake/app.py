"""intake's WSGI application: the requester's pages and the API."""

from flask import Flask, g, redirect, url_for
from flask.typing import ResponseReturnValue

from services.intake.api.categories import categories
from services.intake.api.mails import mails
from services.intake.api.response_hooks import allow_origins, limit_refused
from services.intake.api.tickets import tickets
from services.intake.current_deps import set_deps
from services.intake.deps import Deps, bootstrap
from services.intake.metrics import MailCollector
from services.intake.sender import correlation_id
from services.intake.settings import IntakeSettings
from services.intake.web.pages import add_pages
from shared.api_docs import add_api_docs
from shared.attachments.sniff import self_test
from shared.http import health
from shared.http.authorisation import guard
from shared.http.bodies import limit_bodies
from shared.http.problems import make_api
from shared.http.request_log import add_request_log
from shared.http.requests import guard_requests
from shared.http.security_headers import add_security_headers
from shared.settings import read

# A form with a file that is too large by a phone's measure is still read, so that the rest of it is not lost.
LARGEST_FORM = 16 * 1024 * 1024
# One connection for each thread of the server, so that no request waits for one.
CONNECTIONS = 16


def create_app(settings: IntakeSettings | None = None) -> Flask:
    """The WSGI application. Raises SettingsError, WrongLibmagic, or the catalogue's error: an incomplete application never serves."""
    settings = settings or read(IntakeSettings)
    self_test()
    deps = bootstrap(settings, application="vidare-intake", pool_size=CONNECTIONS)
    app = Flask("intake", static_folder=None)
    guard_requests(app, settings)
    limit_bodies(app, multipart=LARGEST_FORM)
    add_request_log(app, lambda: {"replayed": bool(g.get("replayed", False))}, correlation_id)
    set_deps(app, deps)
    guard(app, deps.engine, settings.secret)
    _add_edges(app, deps)
    _add_routes(app, deps)
    return app


def _add_edges(app: Flask, deps: Deps) -> None:
    """Hooks around every request; the last added runs first on the way out."""
    add_security_headers(app)
    allow_origins(app, deps.settings.origins)
    limit_refused(app, deps)


def _add_routes(app: Flask, deps: Deps) -> None:
    bearer = {
        "type": "http",
        "scheme": "bearer",
        "description": "A ticket's key; to submit, a form token, which is optional; for inbound mails, a person's or service's token.",
    }
    app.config["API_SPEC_OPTIONS"] = {"components": {"securitySchemes": {"bearer": bearer}}}
    api = make_api(app, "Vidare intake", "Submit to the community team, and follow the ticket.")
    add_api_docs(app, shown=deps.settings.docs)
    checks = {"postgres": health.postgres_check(deps.engine)}
    for blueprint in (
        categories,
        tickets,
        mails,
        health.make_blueprint(checks, deps.settings.metrics_token, [MailCollector(deps.engine)]),
    ):
        api.register_blueprint(blueprint)
    add_pages(app, deps)
    app.add_url_rule("/", "start", _start)


def _start() -> ResponseReturnValue:
    return redirect(url_for("form.topics"))
