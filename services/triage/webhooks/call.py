"""Call a webhook: signed, to the IP address that was checked, without following redirects."""

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

from services.triage.webhooks.addresses import ForbiddenAddress, Target, UnknownHost, target_of
from shared.events.failures import describe

# Seconds for the whole call; a receiver should accept the event and process it later.
DEADLINE = 10.0


@dataclass(frozen=True)
class Answer:
    """The receiver's HTTP status, or None and an error."""

    status: int | None
    error: str | None = None

    @property
    def is_success(self) -> bool:
        """Whether the receiver accepted the event (2xx)."""
        return self.status is not None and 200 <= self.status < 300


def signature(secret: str, at: int, body: bytes) -> str:
    """The header `Vidare-Signature`: HMAC-SHA256 of "<at>.<body>", `at` in Unix seconds."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def call(
    url: str, secret: str, body: Mapping[str, Any], at: int, allow_private: bool, within: float = DEADLINE
) -> Answer:
    """POST the body as JSON and wait at most `within` seconds for the status. Errors of receiver and network are returned, not raised."""
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
            return Answer(None, f"{target.host} did not resolve in time.")
        return _post(target, content, headers, left)
    except (ForbiddenAddress, UnknownHost) as error:
        return Answer(None, str(error))
    except (OSError, http.client.HTTPException, ValueError) as error:
        # The message may quote arbitrary bytes of the receiver.
        return Answer(None, describe(error)[:500])


def _post(target: Target, content: bytes, headers: Mapping[str, str], left: float) -> Answer:
    pinned = _PinnedConnection(target, left)
    # Socket time-outs start again with every byte; the timer limits the whole call.
    watchdog = threading.Timer(left, pinned.abort)
    watchdog.daemon = True
    watchdog.start()
    try:
        pinned.connection.request("POST", target.path, content, dict(headers))
        # The body is not read: it has no meaning for us and may never end.
        status = pinned.connection.getresponse().status
    except (OSError, http.client.HTTPException):
        if not pinned.aborted:
            raise
    finally:
        watchdog.cancel()
        pinned.close()
    if pinned.aborted:
        return Answer(None, "No whole answer came in time.")
    return Answer(status, None if 200 <= status < 300 else f"answered {status}")


class _PinnedConnection:
    """Connects to the checked IP address; TLS and the `Host` header still use the name."""

    def __init__(self, target: Target, left: float) -> None:
        self.aborted = False
        self.connection: http.client.HTTPConnection
        if target.scheme == "https":
            tls = ssl.create_default_context()
            self.connection = http.client.HTTPSConnection(target.host, target.port, timeout=left, context=tls)
        else:
            self.connection = http.client.HTTPConnection(target.host, target.port, timeout=left)
        self._target = target
        self._socket: socket.socket | None = None
        self.connection._create_connection = self._connect  # type: ignore[attr-defined]

    def abort(self) -> None:
        """End the call from another thread, even during a TLS handshake."""
        self.aborted = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.connection.close()
        if self._socket is not None:
            self._socket.close()

    def _connect(self, _: tuple[str, int], timeout: float = DEADLINE, __: object = None) -> socket.socket:
        connected = socket.create_connection((self._target.address, self._target.port), timeout)
        # TLS detaches the socket that it wraps; the duplicate stays usable for abort().
        self._socket = connected.dup()
        return connected
