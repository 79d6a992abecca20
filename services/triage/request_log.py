"""One line in the log for each request that may write, with the id that the ticket's note got when it was posted."""

import structlog
from flask import Flask, Response, g, request

from shared.runtime.logs import logger

READING = ("GET", "HEAD", "OPTIONS")

log = logger(__name__)


def add_request_log(app: Flask) -> None:
    """Let what an agent or a tool does be found among the lines of the other services: `take_in_hand` knows the ticket's id."""
    app.before_request(_begin)
    app.after_request(_tell)


def _begin() -> None:
    structlog.contextvars.clear_contextvars()


def _tell(response: Response) -> Response:
    """The route stands for the address, the account's id for the person."""
    if request.method not in READING:
        route = request.url_rule.rule if request.url_rule else None
        person = str(g.principal.id) if "principal" in g else None
        log.info("answered", method=request.method, route=route, status=response.status_code, person=person)
    return response
