"""One call of a webhook: signed, to the very address that was checked, without following redirects."""

import hashlib
import hmac
import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from services.triage.webhooks.addresses import RefusedAddress, Target, UnknownHost, target_of
from shared.events.failures import describe

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


def call(
    url: str, secret: str, body: Mapping[str, Any], at: int, allow_private: bool, within: float = DEADLINE
) -> Answer:
    """POST the body as JSON and wait for an answer for `within` seconds. Never raises for what a receiver or the network does."""
    content = json.dumps(body).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Vidare-Webhook/1",
        "Vidare-Signature": signature(secret, at, content),
        "Connection": "close",
    }
    began = time.monotonic()
    try:
        target = target_of(url, allow_private)
        left = within - (time.monotonic() - began)
        if left <= 0:
            return Answer(None, f"{target.host} could not be looked up in time.")
        return _post(target, content, headers, left)
    except (RefusedAddress, UnknownHost) as error:
        return Answer(None, str(error))
    except (OSError, http.client.HTTPException, ValueError) as error:
        # It may quote what the receiver sent, which is any bytes at all.
        return Answer(None, describe(error)[:500])


def _post(target: Target, content: bytes, headers: Mapping[str, str], left: float) -> Answer:
    line = _Line(target, left)
    # A receiver that sends a byte now and then would keep each single wait short; this ends the whole.
    watchdog = threading.Timer(left, line.hang_up)
    watchdog.daemon = True
    watchdog.start()
    try:
        line.connection.request("POST", target.path, content, dict(headers))
        # The body is not read: whatever it is, it says nothing to us, and it may never end.
        status = line.connection.getresponse().status
    except (OSError, http.client.HTTPException):
        if not line.hung_up:
            raise
    finally:
        watchdog.cancel()
        line.close()
    if line.hung_up:
        return Answer(None, "No whole answer came in time.")
    return Answer(status, None if 200 <= status < 300 else f"answered {status}")


class _Line:
    """A connection that dials the checked address; the name is still what TLS verifies and `Host` says."""

    def __init__(self, target: Target, left: float) -> None:
        self.hung_up = False
        self.connection: http.client.HTTPConnection
        if target.scheme == "https":
            context = ssl.create_default_context()
            self.connection = http.client.HTTPSConnection(target.host, target.port, timeout=left, context=context)
        else:
            self.connection = http.client.HTTPConnection(target.host, target.port, timeout=left)
        self._target = target
        self._dialled: socket.socket | None = None
        self.connection._create_connection = self._dial  # type: ignore[attr-defined]

    def hang_up(self) -> None:
        """End it from another thread, whatever is waited for on it: also a handshake."""
        self.hung_up = True
        if self._dialled is not None:
            with suppress(OSError):
                self._dialled.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of it."""
        self.connection.close()
        if self._dialled is not None:
            self._dialled.close()

    def _dial(self, _: tuple[str, int], timeout: float = DEADLINE, __: object = None) -> socket.socket:
        dialled = socket.create_connection((self._target.address, self._target.port), timeout)
        # TLS takes the socket over and leaves a dead one behind; a second handle on the connection stays ours.
        self._dialled = dialled.dup()
        return dialled
