"""triage's WSGI application: the API, and the console where there is one."""

from collections.abc import Sequence

from flask import Flask, g, request
from flask.json.provider import DefaultJSONProvider

from services.triage.actions.action import Action
from services.triage.actions.registry import ACTIONS
from services.triage.api.registry import MODULES
from services.triage.api.tickets.actions import make_blueprint as make_actions
from services.triage.console.layout.blueprint import add_console
from services.triage.console.layout.cookies import session_cookie
from services.triage.current_deps import set_deps
from services.triage.deps import bootstrap
from services.triage.metrics import SystemCollector
from services.triage.settings import TriageSettings
from shared.api_docs import add_api_docs
from shared.attachments.sniff import self_test
from shared.http import health
from shared.http.authorisation import guard
from shared.http.bodies import StrictRequest
from shared.http.problems import make_api
from shared.http.request_log import add_request_log
from shared.http.requests import guard_requests
from shared.http.security_headers import add_security_headers
from shared.settings import read

# One for each of granian's threads in a process, so that no request waits for a connection.
CONNECTIONS = 16
# Above the largest ruleset (4 MiB), so that one that is too large gets a validation error of the document.
LARGEST_BODY = 16 * 1024 * 1024
# The editor's text of 1 MiB; a browser may send each of its characters as three.
LARGEST_FORM = 4 * 1024 * 1024


def create_app(settings: TriageSettings | None = None, actions: Sequence[Action] = ACTIONS) -> Flask:
    """The application on the settings' servers (default: the process's environment). It connects at the first request.

    Raises WrongLibmagic.
    """
    settings = settings or read(TriageSettings)
    self_test()
    app = Flask(__name__, static_folder=None)
    app.request_class = StrictRequest
    app.config.update(SECRET_KEY=settings.secret, MAX_CONTENT_LENGTH=LARGEST_BODY, MAX_FORM_MEMORY_SIZE=LARGEST_FORM)
    guard_requests(app, settings)
    add_request_log(app, _request_facts)
    provider = app.json
    if isinstance(provider, DefaultJSONProvider):
        provider.sort_keys = False  # a ruleset is shown as it was written
    deps = bootstrap(settings, application="vidare-triage", pool_size=CONNECTIONS, actions=actions)
    set_deps(app, deps)
    guard(app, deps.engine, settings.secret, session_cookie(settings.triage_url))
    add_security_headers(app)
    api = make_api(app, "Vidare triage", "The teams' queues, tickets, claims and routing rules.")
    add_api_docs(app, shown=settings.docs)
    checks = {"postgres": health.postgres_check(deps.engine)}
    collector = SystemCollector(deps.engine, settings.teams)
    api.register_blueprint(health.make_blueprint(checks, settings.metrics_token, [collector]))
    for module in MODULES:
        api.register_blueprint(module.blueprint)
    api.register_blueprint(make_actions(deps.actions))
    add_console(app, deps.actions)
    return app


def _request_facts() -> dict[str, object]:
    """Logs the account's id instead of the person's name."""
    return {"method": request.method, "person": str(g.principal.id) if "principal" in g else None}
