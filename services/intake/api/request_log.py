"""One line in the log for each post, with the id that all events which follow from it bear."""

import structlog
from flask import Flask, Response, g, request

from services.intake.api.sender import correlation_id
from shared.runtime.logs import logger

HEADER = "X-Correlation-Id"

log = logger(__name__)


def add_request_log(app: Flask) -> None:
    """Let every request have an id in its log lines, and every answer to a post tell it: support can find the rest by it."""
    app.before_request(_bind)
    app.after_request(_tell)


def _bind() -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(correlation_id=correlation_id())


def _tell(response: Response) -> Response:
    """The route stands for the address, which may hold a ticket's reference."""
    if request.method == "POST":
        response.headers[HEADER] = correlation_id()
        route = request.url_rule.rule if request.url_rule else None
        log.info("answered", route=route, status=response.status_code, replayed=bool(g.get("replayed", False)))
    return response
