"""An SMTP server that misbehaves on order, and counts the mails that it accepted."""

import re
import socket
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes

# What a script returns for a stage: a reply line such as "450 later", or one of these. None: the usual reply.
DROP = "drop"  # close without a reply
STALL = "stall"  # be silent until the client gives up
KEEP_AND_DROP = "keep and drop"  # accept the mail, then close before the 250 goes out
CUT = "<cut>"  # at the end of a reply: close in the middle of the line

Script = Callable[[str, str, int], str | None]

_USUAL = {
    "CONNECT": "220 peer",
    "EHLO": "250-peer\r\n250 PIPELINING",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go",
    "BODY": "250 ok",
    "AFTER": None,
    "RSET": "250 ok",
    "QUIT": "221 bye",
}


@dataclass
class Peer:
    """`script(stage, recipient, n)` is asked at each stage; n counts that stage's visits for that recipient from 1."""

    script: Script = lambda stage, recipient, n: None
    accepted: list[str] = field(default_factory=list)  # Message-IDs whose 250 went out
    kept: list[str] = field(default_factory=list)  # Message-IDs accepted without a 250
    recipients: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    connections: int = 0
    most_on_one: int = 0  # mails over one connection
    visits: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._socket.getsockname()[1]}"
        self._gone = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        if self._gone.is_set():
            return
        self._gone.set()
        self._socket.shutdown(socket.SHUT_RDWR)  # else the thread that accepts holds the port open
        self._socket.close()

    def _accept(self) -> None:
        while not self._gone.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # Closing flushes what is left, and fails where the client is gone.
        with suppress(OSError, ValueError, _End), connection, connection.makefile("rwb") as stream:
            _Conversation(self, stream, self._gone).hold()


class _End(Exception):
    """The peer closes the connection."""


class _Conversation:
    def __init__(self, peer: Peer, stream: object, gone: threading.Event) -> None:
        self.peer, self.stream, self.gone = peer, stream, gone
        self.sender = self.recipient = ""
        self.accepted = ""  # the last of MAIL and RCPT that was
        self.mails = 0

    def hold(self) -> None:
        self.answer_at("CONNECT")
        while line := self.stream.readline():  # type: ignore[attr-defined]
            self.obey(line.decode("ascii", "replace").strip())

    def obey(self, line: str) -> None:
        verb = line.split(" ")[0].split(":")[0].upper()
        address = line.partition("<")[2].partition(">")[0]
        if verb == "MAIL":
            self.sender, self.recipient, self.accepted = address, "", ""
        elif verb == "RCPT":
            self.recipient = address
        if self.answer_at("EHLO" if verb == "HELO" else verb):
            self.accepted = verb if verb in ("MAIL", "RCPT") else ""
            if verb == "DATA":
                self.read_body()
        if verb == "QUIT":
            raise _End

    def read_body(self) -> None:
        lines = []
        while (line := self.stream.readline()) != b".\r\n":  # type: ignore[attr-defined]
            if not line:
                raise _End
            lines.append(line[1:] if line.startswith(b".") else line)
        body = b"".join(lines)
        identity = str(message_from_bytes(body)["Message-ID"])
        order = self.order("BODY")
        if order == KEEP_AND_DROP:
            self.peer.kept.append(identity)
            raise _End
        if order is None or (re.match(r"2\d\d", order) and not order.endswith(CUT)):
            self.peer.accepted.append(identity)
            self.mails += 1
            self.peer.most_on_one = max(self.peer.most_on_one, self.mails)
            self.peer.recipients.append(self.recipient)
            self.peer.senders.append(self.sender)
            self.peer.bodies.append(body)
        self.answer(order or "250 ok")
        after = self.order("AFTER")
        if after is not None:
            self.answer(after)

    def answer_at(self, stage: str) -> bool:
        """Answer at a stage; returns whether the answer was positive."""
        order = self.order(stage)
        if order is None and self.accepted != {"RCPT": "MAIL", "DATA": "RCPT"}.get(stage, self.accepted):
            order = "503 not now"  # to what was sent together with something refused
        self.answer(order or _USUAL.get(stage) or "500 what?")
        return order is None or order.startswith("354" if stage == "DATA" else "2")

    def order(self, stage: str) -> str | None:
        self.peer.visits[stage, self.recipient] += 1
        return self.peer.script(stage, self.recipient, self.peer.visits[stage, self.recipient])

    def answer(self, order: str) -> None:
        if order == DROP:
            raise _End
        if order == STALL:
            self.gone.wait(30)
            raise _End
        cut = order.endswith(CUT)
        # A lone surrogate stands for a byte that is no UTF-8.
        reply = order.removesuffix(CUT).encode("utf-8", "surrogateescape")
        self.stream.write(reply + (b"" if cut else b"\r\n"))  # type: ignore[attr-defined]
        self.stream.flush()  # type: ignore[attr-defined]
        if cut:
            raise _End
