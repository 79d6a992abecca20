"""Between notify and its SMTP server: refuses, defers, and disconnects at the worst moments (RFC 5321)."""

import socket
from collections.abc import Iterator
from typing import Protocol

from bench.chaos.proxies.proxy import Proxy

NO_SERVICE = "421 at once"
LATER = "451 to each recipient"
NOT_ACCEPTED = "disconnects before it accepts a mail"
UNANSWERED = "accepts a mail and disconnects before its 250"
AFTER_250 = "disconnects after its 250"


class _Stream(Protocol):
    """The part of socket.makefile that is used here."""

    def readline(self) -> bytes: ...
    def write(self, line: bytes) -> int: ...
    def flush(self) -> None: ...


class MailProxy(Proxy):
    """One command, one reply: neither it nor the sink behind it offers pipelining."""

    moods = (NO_SERVICE, LATER, NOT_ACCEPTED, UNANSWERED, AFTER_250)

    def serve(self, client: socket.socket, mood: str) -> None:
        """A whole SMTP conversation."""
        if mood == NO_SERVICE:
            client.sendall(b"421 4.3.2 closing\r\n")
            return
        server = self.reach()
        try:
            with client.makefile("rwb") as asking, server.makefile("rwb") as answering:
                _converse(asking, answering, mood)
        finally:
            self.forget(server)


def _converse(client: _Stream, server: _Stream, mood: str) -> None:
    _send_line(client, _reply(server))
    while line := client.readline():
        verb = line[:4].upper()
        if verb == b"RCPT" and mood == LATER:
            _send_line(client, b"451 4.3.0 try again later\r\n")
            continue
        _send_line(server, line)
        reply = _reply(server)
        _send_line(client, reply)
        if verb == b"DATA" and reply.startswith(b"354"):
            _pass_mail(client, server, mood)
        if verb == b"QUIT":
            return


def _pass_mail(client: _Stream, server: _Stream, mood: str) -> None:
    """Forward a mail up to its last dot, and the answer back. Raises EOFError where the mood disconnects."""
    for line in _body(client):
        server.write(line)
    if mood == NOT_ACCEPTED:
        raise EOFError
    _send_line(server, b".\r\n")
    reply = _reply(server)
    if mood == UNANSWERED:
        raise EOFError
    _send_line(client, reply)
    if mood == AFTER_250:
        raise EOFError


def _body(client: _Stream) -> Iterator[bytes]:
    while (line := client.readline()) != b".\r\n":
        if not line:
            raise EOFError
        yield line


def _reply(server: _Stream) -> bytes:
    """A reply's lines; the last has no hyphen after its code (RFC 5321, 4.2.1)."""
    lines = []
    while line := server.readline():
        lines.append(line)
        if line[3:4] != b"-":
            return b"".join(lines)
    raise EOFError


def _send_line(stream: _Stream, line: bytes) -> None:
    stream.write(line)
    stream.flush()
