"""Bodies that were not read when their request is answered: the rest is skipped, or the answer says `Connection: close`.

A server cannot find the next request of a connection before the end of this body. granian closes a connection whose body was not read
to its end, and says so only if it notices before it answers.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wsgi import ClosingIterator

from shared.http.slow_bodies import Application, announced_length

# A rest of so many bytes is read, so that the connection can be kept; Go's net/http reads as many.
SKIPPED = 256 * 1024
# Seconds for which a larger body is read once its request is answered. A connection that is closed while bytes arrive is reset, and a reset
# can destroy an answer under way (RFC 9112, 9.6).
LINGER = 5.0
_PART = 16 * 1024


class UnreadBodies:
    """A WSGI application whose answers start once the body is at its end.

    Where more than `skipped` bytes are left, the answer has `Connection: close`, and the body is read on for `linger` seconds after it.
    """

    def __init__(self, application: Application, skipped: int = SKIPPED, linger: float = LINGER) -> None:
        self._application = application
        self._skipped = skipped
        self._linger = linger

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = announced_length(environ)
        if length == 0:
            return self._application(environ, start_response)
        body = _Body(environ["wsgi.input"], length, environ.get("HTTP_EXPECT", "").lower() == "100-continue")
        environ["wsgi.input"] = body

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            if not body.skip(self._skipped):
                headers = [*headers, ("Connection", "close")]
            return start_response(status, headers, *error)

        answer = self._application(environ, start)
        if not body.may_be_read:
            return answer
        return ClosingIterator(self._lingering(answer, body), getattr(answer, "close", None))

    def _lingering(self, answer: Iterable[bytes], body: "_Body") -> Iterator[bytes]:
        """The answer; after it, read on for a while what the client is still sending."""
        yield from answer
        until = time.monotonic() + self._linger
        with suppress(HTTPException):
            while body.may_be_read and time.monotonic() < until:
                body.read(_PART)


class _Body:
    """A body of `left` bytes, None for a chunked one. One that is `awaited` is not sent before it is read (Expect: 100-continue)."""

    def __init__(self, source: Any, left: int | None, awaited: bool) -> None:
        self._source = source
        self._left = left
        self._awaited = awaited
        self._ended = False
        self._failed = False

    @property
    def may_be_read(self) -> bool:
        """Whether there is more that the client sends anyway."""
        return not (self._ended or self._failed or self._awaited)

    def read(self, size: int = -1) -> bytes:
        return self._counted(self._source.read, size)

    def readline(self, size: int = -1) -> bytes:
        return self._counted(self._source.readline, size)

    def skip(self, limit: int) -> bool:
        """Read what is left unless it is more than `limit` bytes; whether the body is at its end."""
        if self._left is None or self._left <= limit:
            with suppress(HTTPException):
                while self.may_be_read and limit > 0:
                    limit -= len(self.read(min(_PART, limit)))
        return self._ended

    def _counted(self, read: Callable[[int], bytes], size: int) -> bytes:
        self._awaited = False
        try:
            part = read(size)
        except Exception:
            self._failed = True
            raise
        if self._left is not None:
            self._left -= len(part)
        # A chunked body ends with a read that finds nothing more.
        self._ended = self._left == 0 or (not part and size != 0)
        return part
