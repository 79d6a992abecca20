"""The header with which a client makes a retry safe (draft-ietf-httpapi-idempotency-key-header)."""

import re

from flask import request

from shared.errors import Unreadable

MALFORMED = "Idempotency-Key must be 1 to 255 visible characters."
REPLAYED = "Idempotency-Replayed"
# For the OpenAPI document.
PARAMETER = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
# RFC 5234's VCHAR.
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def idempotency_key() -> str | None:
    """This request's key, if it has one. Raises Unreadable for a malformed one."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise Unreadable(MALFORMED)
    return key
