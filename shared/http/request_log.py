"""One log line for each answer to a request that may write."""

from collections.abc import Callable, Mapping

import structlog
from flask import Flask, Response, request

from shared.runtime.logs import logger

HEADER = "X-Correlation-Id"
READING = ("GET", "HEAD", "OPTIONS")

log = logger(__name__)


def add_request_log(
    app: Flask, about: Callable[[], Mapping[str, object]], correlation_id: Callable[[], str] | None = None
) -> None:
    """Log route, status and what `about` returns for each request that may write.

    The route stands for the path, which may hold a ticket's reference. Where a request has a `correlation_id` of its own, all its log
    lines hold it, and the answer has it in X-Correlation-Id, so that support can find the events that follow from it.
    """

    def begin() -> None:
        structlog.contextvars.clear_contextvars()
        if correlation_id is not None:
            structlog.contextvars.bind_contextvars(correlation_id=correlation_id())

    def answered(response: Response) -> Response:
        if request.method not in READING:
            if correlation_id is not None:
                response.headers[HEADER] = correlation_id()
            route = request.url_rule.rule if request.url_rule else None
            log.info("answered", route=route, status=response.status_code, **about())
        return response

    app.before_request(begin)
    app.after_request(answered)
