"""What is added to responses: CORS headers, the mark of a replay, and the limit on refused posts."""

from collections.abc import Sequence

from flask import Flask, Response, g, request

from services.intake.deps import Deps
from services.intake.sender import network
from shared.errors import TooManyRequests
from shared.http.idempotency_key import REPLAYED
from shared.http.problems import answer_error

_OPEN = {"/v1/tickets": "POST", "/v1/categories": "GET"}
_DAY = "86400"
TOO_MANY = "Too many refused or repeated requests from your network. Please try again in a minute."
_REFUSED = {400, 401, 404, 409, 413, 415, 422}


def allow_origins(app: Flask, origins: Sequence[str]) -> None:
    """Let scripts of pages on `origins` (`*` for all) post submissions and read the categories, without cookies (WHATWG Fetch, 3.2)."""

    def add(response: Response) -> Response:
        method = _OPEN.get(request.path)
        origin = request.headers.get("Origin")
        if method is None or not origins:
            return response
        anybody = "*" in origins
        if not anybody:
            response.vary.add("Origin")
        if not anybody and origin not in origins:
            return response
        response.headers["Access-Control-Allow-Origin"] = "*" if anybody else str(origin)
        response.headers["Access-Control-Expose-Headers"] = "Location, Retry-After, Idempotency-Replayed"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = method
            response.headers["Access-Control-Allow-Headers"] = "Content-Type, Idempotency-Key, Authorization"
            response.headers["Access-Control-Max-Age"] = _DAY
        return response

    app.after_request(add)


def limit_refused(app: Flask, deps: Deps) -> None:
    """Count refused and replayed posts by network; beyond the limit they are answered with 429."""
    limits, limiter = deps.settings.refused, deps.limiter

    def check(response: Response) -> Response:
        replayed = bool(g.get("replayed"))
        if replayed:
            response.headers[REPLAYED] = "true"
        if request.method != "POST" or not (replayed or response.status_code in _REFUSED):
            return response
        reservation = limiter.reserve((limits, ("refused", network())))
        if wait := max(reservation.waits):
            return app.make_response(answer_error(TooManyRequests(TOO_MANY, wait)))
        reservation.confirm()
        return response

    app.after_request(check)
