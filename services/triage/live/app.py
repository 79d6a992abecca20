"""The asynchronous process of live updates: `GET /v1/live` and its health, as a plain ASGI application.

Nothing else is asynchronous here: what it shares with triage (accounts, database, settings) runs in a few threads.
"""

import asyncio
import hmac
import http
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text

from services.triage.live.hub import CONNECTIONS, Hub
from services.triage.live.metrics import exposition
from services.triage.live.stream import Stream
from services.triage.settings import TriageSettings
from shared import errors
from shared.auth.credentials import OUR_SERVICES, Credential, Shown
from shared.auth.principal import Principal
from shared.auth.service_token import find_service
from shared.auth.tokens import find_principal, hash_token
from shared.runtime.logs import logger
from shared.settings import read
from shared.storage.database import make_engine

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = tuple[tuple[str, str], ...]

STATUS: Mapping[type[errors.UseCaseError], int] = {
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.TooManyRequests: 429,
    errors.Unavailable: 503,
}
_STREAM: Headers = (
    ("Content-Type", "text/event-stream; charset=utf-8"),
    ("Cache-Control", "no-store"),
    # For nginx; other proxies are told in docs/operate.
    ("X-Accel-Buffering", "no"),
    ("X-Content-Type-Options", "nosniff"),
)
_ALLOWED_HEADERS = "Authorization, Cache-Control, Last-Event-ID"

log = logger(__name__)


@dataclass(frozen=True)
class Asked:
    """A request: its headers by their names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]


def create_app(settings: TriageSettings | None = None) -> "LiveApp":
    """The application on the settings' servers (default: the process's environment). It connects at the first request."""
    return LiveApp(settings or read(TriageSettings))


class LiveApp:
    """An ASGI application."""

    def __init__(self, settings: TriageSettings) -> None:
        self.settings = settings
        self.engine = make_engine(settings, application="vidare-live", pool_size=CONNECTIONS)
        console = urlsplit(settings.triage_url)
        self._console = f"{console.scheme}://{console.netloc}"
        self._hub: Hub | None = None

    @property
    def hub(self) -> Hub:
        """Made where the loop runs."""
        if self._hub is None:
            self._hub = Hub(self.engine, self.settings.live_streams)
        return self._hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Granian goes on without a lifespan where this raises."""
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        asked = _read(scope)
        allowed = self._cors(asked)
        try:
            await self._answer(asked, allowed, receive, send)
        except errors.UseCaseError as error:
            await _send_problem(send, error, allowed)

    async def _answer(self, asked: Asked, allowed: Headers, receive: Receive, send: Send) -> None:
        if asked.path == "/v1/live" and asked.method == "OPTIONS":
            await _send(send, 204, (*allowed, *_preflight(allowed)), b"")
        elif asked.method not in ("GET", "HEAD"):
            raise errors.NotFound("There is no such page.")
        elif asked.path == "/v1/live" and asked.method == "GET":
            await self._stream(asked, allowed, receive, send)
        elif asked.path == "/livez":
            await _send_json(send, 200, {"status": "ok"})
        elif asked.path == "/readyz":
            await self.hub.ask(lambda connection: connection.execute(text("select 1")))
            await _send_json(send, 200, {"status": "ok"})
        elif asked.path == "/metrics":
            self._require_metrics_token(asked)
            await _send(send, 200, (("Content-Type", CONTENT_TYPE_LATEST),), exposition(self.hub))
        else:
            raise errors.NotFound("There is no such page.")

    async def _stream(self, asked: Asked, allowed: Headers, receive: Receive, send: Send) -> None:
        reader, shown = await self._caller(asked)
        reader.require("tickets.read")
        # A browser cannot send the header when it opens a stream with a fresh token.
        last = asked.headers.get("last-event-id", "") or asked.query.get("last_event_id", "")
        stream = await self.hub.open(reader, shown, last)
        leaving = asyncio.create_task(_end_when_gone(receive, stream))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _encoded((*_STREAM, *allowed))})
            while chunk := await stream.next():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            leaving.cancel()
            self.hub.close(stream)

    async def _caller(self, asked: Asked) -> tuple[Principal, Shown]:
        """Who asks, and what they showed. Raises Unauthenticated."""
        if token := asked.query.get("token"):
            shown = await self.hub.shown_by(token)
            reader = await self.hub.reader_of(shown) if shown else None
            if shown is None or reader is None:
                raise errors.Unauthenticated("The token was used, or is not valid.")
            return reader, shown
        scheme, _, bearer = asked.headers.get("authorization", "").partition(" ")
        bearer = bearer.strip()
        if scheme.lower() != "bearer" or not bearer:
            raise errors.Unauthenticated("A bearer token is needed, or a token of POST /v1/live/tokens.")
        if service := find_service(self.settings.secret, bearer):
            return service, (OUR_SERVICES, Credential("account", None))
        found = await self.hub.ask(lambda connection: find_principal(connection, bearer))
        if found is None:
            raise errors.Unauthenticated("The bearer token is not valid.")
        return found, (found.id, Credential("token", hash_token(bearer)))

    def _cors(self, asked: Asked) -> Headers:
        """Let pages of the console read the answer, and no other origin's."""
        if asked.headers.get("origin") != self._console:
            return (("Vary", "Origin"),)
        return (("Access-Control-Allow-Origin", self._console), ("Vary", "Origin"))

    def _require_metrics_token(self, asked: Asked) -> None:
        wanted = f"Bearer {self.settings.metrics_token}"
        given = asked.headers.get("authorization", "")
        if self.settings.metrics_token and not hmac.compare_digest(given.encode(), wanted.encode()):
            raise errors.Unauthenticated("The metrics need their token.")


async def _end_when_gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


def _read(scope: Scope) -> Asked:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=100)
    return Asked(scope["method"], scope["path"], headers, {name: values[0] for name, values in query.items()})


def _preflight(allowed: Headers) -> Headers:
    if len(allowed) == 1:
        return ()
    return (
        ("Access-Control-Allow-Methods", "GET"),
        ("Access-Control-Allow-Headers", _ALLOWED_HEADERS),
        ("Access-Control-Max-Age", "7200"),
    )


async def _send_problem(send: Send, error: errors.UseCaseError, allowed: Headers) -> None:
    """RFC 9457, as the other services answer."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    title = http.HTTPStatus(status).phrase
    headers: Headers = (("Content-Type", "application/problem+json"), ("Cache-Control", "no-store"), *allowed)
    if isinstance(error, errors.TooManyRequests | errors.Unavailable):
        headers = (*headers, ("Retry-After", str(error.retry_after)))
    if status == 401:
        headers = (*headers, ("WWW-Authenticate", "Bearer"))
    body = {"type": "about:blank", "title": title, "status": status, "detail": error.detail or f"{title}."}
    await _send(send, status, headers, json.dumps(body).encode())


async def _send_json(send: Send, status: int, body: Mapping[str, object]) -> None:
    await _send(send, status, (("Content-Type", "application/json"),), json.dumps(body).encode())


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    given = (*headers, ("Content-Length", str(len(body)))) if body else headers
    await send({"type": "http.response.start", "status": status, "headers": _encoded(given)})
    await send({"type": "http.response.body", "body": body})


def _encoded(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
