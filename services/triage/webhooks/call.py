"""One call of a webhook: signed, to the very address that was checked, without following redirects."""

import hashlib
import hmac
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from services.triage.webhooks.addresses import RefusedAddress, Target, UnknownHost, target_of

# Seconds for the whole call; the receiver is to take the event and think about it later.
DEADLINE = 10.0


@dataclass(frozen=True)
class Answer:
    """What a receiver said: an HTTP status, or None and what went wrong."""

    status: int | None
    error: str | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


def signature(secret: str, at: int, body: bytes) -> str:
    """The header `Vidare-Signature`: HMAC-SHA256 of "<at>.<body>", `at` in Unix seconds."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def call(url: str, secret: str, body: Mapping[str, Any], at: int, allow_private: bool) -> Answer:
    """POST the body as JSON. Never raises for what a receiver or the network does."""
    content = json.dumps(body).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Vidare-Webhook/1",
        "Vidare-Signature": signature(secret, at, content),
        "Connection": "close",
    }
    try:
        return _post(target_of(url, allow_private), content, headers)
    except (RefusedAddress, UnknownHost) as error:
        return Answer(None, str(error))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(None, f"{type(error).__name__}: {error}"[:500])


def _post(target: Target, content: bytes, headers: Mapping[str, str]) -> Answer:
    connection = _connection(target)
    # A receiver that sends a byte now and then would keep each single wait short; this ends the whole.
    watchdog = threading.Timer(DEADLINE, _hang_up, (connection,))
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request("POST", target.path, content, dict(headers))
        status = connection.getresponse().status
        return Answer(status, None if 200 <= status < 300 else f"answered {status}")
    finally:
        watchdog.cancel()
        connection.close()


def _connection(target: Target) -> http.client.HTTPConnection:
    """A connection that dials the checked address; the name is still what TLS verifies and `Host` says."""
    connection: http.client.HTTPConnection
    if target.scheme == "https":
        connection = http.client.HTTPSConnection(
            target.host, target.port, timeout=DEADLINE, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(target.host, target.port, timeout=DEADLINE)

    def dial(_: tuple[str, int], timeout: float = DEADLINE, __: object = None) -> socket.socket:
        return socket.create_connection((target.address, target.port), timeout)

    connection._create_connection = dial  # type: ignore[attr-defined]
    return connection


def _hang_up(connection: http.client.HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
