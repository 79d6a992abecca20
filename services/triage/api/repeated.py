"""The Idempotency-Key of a request."""

from collections.abc import Mapping
from typing import Any

from flask import Response, after_this_request, request

from services.triage.idempotency import Request
from shared.http.authorisation import principal
from shared.http.idempotency_key import REPLAYED, idempotency_key


def this_request(body: Mapping[str, Any]) -> Request:
    """The present request, as it may be repeated. Raises Unreadable for a malformed key."""
    return Request(principal().id, f"{request.method} {request.path}", idempotency_key(), dict(body))


def mark_replayed(is_repeated: bool) -> bool:
    """Tell the caller of a repeat that nothing was done again; returns `is_repeated`."""
    if is_repeated:
        after_this_request(_replayed)
    return is_repeated


def _replayed(response: Response) -> Response:
    response.headers[REPLAYED] = "true"
    return response
