"""triage's WSGI application: the API, and the console where there is one."""

from flask import Flask, g, request
from flask.json.provider import DefaultJSONProvider
from prometheus_client import REGISTRY
from sqlalchemy import Engine

from services.triage.api import (
    actions,
    announcements,
    claims,
    deflection,
    events,
    replays,
    reports,
    rulesets,
    tickets,
    webhooks,
)
from services.triage.console.layout.blueprint import add_console
from services.triage.console.layout.cookies import session_cookie
from services.triage.current_deps import set_deps
from services.triage.deps import bootstrap
from services.triage.metrics import SystemCollector, register_metrics
from services.triage.settings import TriageSettings
from shared.http import health
from shared.http.authorisation import guard
from shared.http.problems import make_api
from shared.http.request_log import add_request_log
from shared.http.requests import guard_requests
from shared.http.security_headers import add_security_headers
from shared.settings import read

# As many connections as granian has threads for one process, so that no request waits for one.
CONNECTIONS = 16
# Above the largest ruleset (4 MiB), so that one too large is told so as a fault of the document.
LARGEST_BODY = 16 * 1024 * 1024
# The editor's text of 1 MiB, each of whose letters may take three when a browser sends it.
LARGEST_FORM = 4 * 1024 * 1024

_collector: SystemCollector | None = None


def create_app(settings: TriageSettings | None = None) -> Flask:
    """The application on the settings' servers (default: the process's environment). It connects when first asked."""
    settings = settings or read(TriageSettings)
    app = Flask(__name__, static_folder=None)
    app.config.update(SECRET_KEY=settings.secret, MAX_CONTENT_LENGTH=LARGEST_BODY, MAX_FORM_MEMORY_SIZE=LARGEST_FORM)
    guard_requests(app, settings)
    add_request_log(app, _request_facts)
    provider = app.json
    if isinstance(provider, DefaultJSONProvider):
        provider.sort_keys = False  # a ruleset is shown as it was written
    deps = bootstrap(settings, application="vidare-triage", pool_size=CONNECTIONS)
    set_deps(app, deps)
    guard(app, deps.engine, settings.secret, session_cookie(settings.triage_url))
    add_security_headers(app)
    api = make_api(app, "Vidare triage", "The teams' queues, tickets, claims and routing rules.")
    api.register_blueprint(
        health.make_blueprint({"postgres": health.postgres_check(deps.engine)}, settings.metrics_token)
    )
    for part in (tickets, claims, actions, announcements, webhooks, rulesets, events, deflection):
        api.register_blueprint(part.blueprint)
    api.register_blueprint(replays.make_blueprint(deps))
    api.register_blueprint(reports.make_blueprint(deps))
    add_console(app)
    _collect(deps.engine, settings.teams)
    return app


def _request_facts() -> dict[str, object]:
    """The account's id stands for the person."""
    return {"method": request.method, "person": str(g.principal.id) if "principal" in g else None}


def _collect(engine: Engine, teams: tuple[str, ...]) -> None:
    """Let /metrics show this app's database; a later app of the same process (tests make several) takes its place."""
    global _collector
    if _collector is not None:
        REGISTRY.unregister(_collector)
    _collector = register_metrics(engine, teams)
