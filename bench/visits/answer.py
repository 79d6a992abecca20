"""HTTP answers as they arrive."""

from dataclasses import dataclass

BODILESS = (204, 304)

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Answer:
    """`headers`: names in lower case; `closes`: whether the server closes the connection after it."""

    status: int
    headers: Headers
    body: bytes
    closes: bool

    def header(self, name: bytes) -> bytes:
        """The first of this name (lower case), or nothing."""
        return next((value for key, value in self.headers if key == name), b"")

    @property
    def cookies(self) -> dict[bytes, bytes]:
        """What it sets, by name."""
        pairs = (value.partition(b";")[0].partition(b"=") for key, value in self.headers if key == b"set-cookie")
        return {name.strip(): value for name, _, value in pairs}


@dataclass(frozen=True)
class _Head:
    version: bytes
    status: int
    headers: Headers
    end: int

    @property
    def closes(self) -> bool:
        """RFC 9112, 9.3: what the server says, else what its version does."""
        said = dict(self.headers).get(b"connection", b"").lower()
        return said == b"close" or (self.version == b"HTTP/1.0" and said != b"keep-alive")


class AnswerReader:
    """Reads one answer; `feed` it what arrives (RFC 9112, 6.3)."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._head: _Head | None = None

    def feed(self, part: bytes) -> Answer | None:
        """The answer once it is whole. Nothing more comes after an empty `part`. Raises ValueError for half an answer."""
        self._bytes += part
        if self._head is None:
            self._head = self._read_head()
        if self._head is not None and (body := self._body(ended=not part)) is not None:
            return Answer(self._head.status, self._head.headers, body, self._head.closes or not part)
        if not part:
            raise ValueError(f"the server closed the connection after {len(self._bytes)} bytes of an answer")
        return None

    def _read_head(self) -> _Head | None:
        end = self._bytes.find(b"\r\n\r\n")
        if end < 0:
            return None
        first, *lines = bytes(self._bytes[:end]).split(b"\r\n")
        headers = tuple((name.lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines))
        version, status, *_ = first.split(b" ")
        return _Head(version, int(status), headers, end + 4)

    def _body(self, *, ended: bool) -> bytes | None:
        assert self._head is not None
        given, start = dict(self._head.headers), self._head.end
        if self._head.status in BODILESS:
            return b""
        if given.get(b"transfer-encoding", b"").lower() == b"chunked":
            return _unchunked(self._bytes, start)
        if b"content-length" in given:
            end = start + int(given[b"content-length"])
            return bytes(self._bytes[start:end]) if len(self._bytes) >= end else None
        return bytes(self._bytes[start:]) if ended else None


def _unchunked(given: bytearray, start: int) -> bytes | None:
    """The body of these chunks; None while the last one is missing. Trailers are left out."""
    if not given.endswith(b"\r\n\r\n"):
        return None
    parts: list[bytes] = []
    while (line := given.find(b"\r\n", start)) >= 0:
        size = int(given[start:line].partition(b";")[0], 16)
        if size == 0:
            return b"".join(parts)
        start = line + 2 + size + 2
        if start > len(given):
            return None
        parts.append(bytes(given[line + 2 : line + 2 + size]))
    return None
