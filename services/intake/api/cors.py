"""CORS: other people's pages may send notes and read the categories, with nobody's cookies (WHATWG Fetch, 3.2)."""

from collections.abc import Sequence

from flask import Flask, Response, request

_OPEN = {"/v1/tickets": "POST", "/v1/categories": "GET"}
_DAY = "86400"


def allow_origins(app: Flask, origins: Sequence[str]) -> None:
    """Let scripts of pages on `origins` (`*` for all) call the two routes that forms need."""

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
