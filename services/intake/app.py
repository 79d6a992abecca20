"""Puts intake together: settings, Postgres, store, catalogue, pages and API."""

from flask import Flask, g, redirect, url_for
from flask.typing import ResponseReturnValue

from services.intake.api.categories import categories
from services.intake.api.cors import allow_origins
from services.intake.api.desk import RequestDesk
from services.intake.api.parts import keep_reception
from services.intake.api.replay_header import bound_refusals
from services.intake.api.sender import correlation_id
from services.intake.api.tickets import tickets
from services.intake.attachments.sniff import self_test
from services.intake.inbound_mail.ticket_settings import mail_tickets
from services.intake.metrics import COLLECTOR
from services.intake.settings import IntakeSettings
from services.intake.submissions.receive import Reception
from services.intake.web.desk import keep_desk
from services.intake.web.pages import add_pages
from shared.catalog.loader import load
from shared.http import health
from shared.http.bodies import cap_bodies
from shared.http.problems import make_api
from shared.http.request_log import add_request_log
from shared.http.requests import guard_requests
from shared.http.security_headers import add_security_headers
from shared.limits.limiter import Limiter
from shared.settings import read
from shared.storage.database import make_engine
from shared.storage.object_store import ObjectStore

# A form with a file that is too large by a phone's measure is still read, so that the rest of it is not lost.
LARGEST_FORM = 16 * 1024 * 1024
# Threads of the server; one connection each, so that none waits for another's.
CONNECTIONS = 16


def create_app(settings: IntakeSettings | None = None) -> Flask:
    """The WSGI application. Raises SettingsError, WrongLibmagic, or the catalogue's error: nothing is served half-made."""
    settings = settings or read(IntakeSettings)
    self_test()
    reception = Reception(
        settings=settings,
        engine=make_engine(settings, application="vidare-intake", pool_size=CONNECTIONS),
        store=ObjectStore(settings),
        catalog=load(settings.catalog),
        limiter=Limiter(settings.redis_url),
    )
    mail_tickets(reception)  # its own process uses it; here it is only held against the catalogue
    app = Flask("intake", static_folder=None)
    guard_requests(app, settings)
    cap_bodies(app, multipart=LARGEST_FORM)
    add_request_log(app, lambda: {"replayed": bool(g.get("replayed", False))}, correlation_id)
    _add_edges(app, reception)
    _add_routes(app, reception)
    return app


def _add_edges(app: Flask, reception: Reception) -> None:
    """What happens around every request; the last added runs first on the way out."""
    add_security_headers(app)
    allow_origins(app, reception.settings.origins)
    bound_refusals(app, reception)


def _add_routes(app: Flask, reception: Reception) -> None:
    keep_reception(app, reception)
    keep_desk(app.extensions, RequestDesk(reception))
    bearer = {
        "type": "http",
        "scheme": "bearer",
        "description": "A ticket's key; for new notes a form token, which is optional.",
    }
    app.config["API_SPEC_OPTIONS"] = {"components": {"securitySchemes": {"bearer": bearer}}}
    api = make_api(app, "Vidare intake", "Send notes to the community team and follow what becomes of them.")
    checks = {"postgres": health.postgres_check(reception.engine)}
    for blueprint in (categories, tickets, health.make_blueprint(checks, reception.settings.metrics_token)):
        api.register_blueprint(blueprint)
    COLLECTOR.watch(reception.engine)
    add_pages(app, reception.settings, reception.catalog)
    app.add_url_rule("/", "start", _start)


def _start() -> ResponseReturnValue:
    return redirect(url_for("form.topics"))
