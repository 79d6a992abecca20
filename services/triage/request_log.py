"""Logs each request that may write, with the correlation id of its ticket."""

import structlog
from flask import Flask, Response, g, request

from shared.runtime.logs import logger

READING = ("GET", "HEAD", "OPTIONS")

log = logger(__name__)


def add_request_log(app: Flask) -> None:
    """Log each writing request of `app`. lock_for_action binds the ticket's correlation id."""
    app.before_request(_begin)
    app.after_request(_tell)


def _begin() -> None:
    structlog.contextvars.clear_contextvars()


def _tell(response: Response) -> Response:
    """Logs neither address nor name: the route's pattern and the account's id."""
    if request.method not in READING:
        route = request.url_rule.rule if request.url_rule else None
        person = str(g.principal.id) if "principal" in g else None
        log.info("answered", method=request.method, route=route, status=response.status_code, person=person)
    return response
