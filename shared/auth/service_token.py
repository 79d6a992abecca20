"""The token with which our services call each other: derived from the root secret, so that it is not stored."""

import base64
import hashlib
import hmac
from uuid import UUID

from shared.auth.principal import ALL_TEAMS, Principal

_SERVICE = Principal(UUID(int=0), "Vidare", "service@vidare.invalid", "service", frozenset({ALL_TEAMS}))


def service_token(secret: str) -> str:
    """The bearer token of our own services: HMAC-SHA256 of a fixed text under the root secret."""
    digest = hmac.new(secret.encode(), b"service-token:1", hashlib.sha256).digest()
    return "vids_" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def find_service(secret: str, token: str) -> Principal | None:
    """Our own service when `token` is its token (compared in constant time), else None."""
    return _SERVICE if hmac.compare_digest(service_token(secret).encode(), token.encode()) else None
