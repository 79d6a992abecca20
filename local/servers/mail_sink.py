"""An SMTP server that keeps every mail in a Maildir and sends none: `python -m local.servers.mail_sink`."""

import asyncio
import os
import signal
import smtplib
import socket
import sys
import time
from functools import partial
from itertools import count
from pathlib import Path
from typing import cast

import click
from aiosmtpd.smtp import SMTP, Envelope, Session

from local.process import Launch
from local.servers.server import Server, started
from shared.runtime.addresses import in_url, reachable

DOT = b".\r\n"
LARGEST = 33_554_432  # bytes, 32 MiB: above what any mail of ours can have


def start(folder: Path, port: int, *, bind: str = "127.0.0.1") -> Server:
    """Start a sink with its Maildir in `folder`/mail; returns when it greets. Raises LocalError."""
    return started(url(port, bind), launch(folder, port, bind=bind))


def url(port: int, bind: str = "127.0.0.1") -> str:
    return f"smtp://{in_url(bind)}:{port}"


def maildir(folder: Path) -> Path:
    return folder / "mail"


def launch(folder: Path, port: int, *, bind: str = "127.0.0.1", forked: bool = False) -> Launch:
    """`forked`: from the calling process, which must have one thread."""
    arguments = (str(maildir(folder)), bind, str(port))
    return Launch(
        name="smtp-sink",
        command=(sys.executable, "-m", "local.servers.mail_sink", *arguments),
        function=partial(main, arguments) if forked else None,
        log=folder / "logs" / "smtp-sink.log",
        directory=Path(__file__).parents[2],
        answers=partial(_answers, reachable(bind), port),
    )


class Pipelining:
    """A handler that offers PIPELINING (RFC 2920), as production servers do; aiosmtpd supports it without offering it."""

    async def handle_EHLO(  # noqa: N802 (aiosmtpd's)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]


class MaildirHandler(Pipelining):
    """Keeps each mail as it came, below two header fields with its envelope."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()
        for part in ("tmp", "new", "cur"):
            (folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's)
        head = f"X-MailFrom: {envelope.mail_from or ''}\r\nX-RcptTo: {', '.join(envelope.rcpt_tos)}\r\n"
        content = envelope.original_content or b""
        self._keep(head.encode("utf-8", "surrogateescape") + content)
        return "250 OK"

    def _keep(self, mail: bytes) -> None:
        # https://cr.yp.to/proto/maildir.html: written under tmp, then moved, so that a reader never sees a part
        name = f"{time.time_ns()}.{os.getpid()}_{next(self._numbers)}.{socket.gethostname()}"
        draft = self._folder / "tmp" / name
        draft.write_bytes(mail)
        draft.rename(self._folder / "new" / name)


class BodyReader:
    """Gives aiosmtpd a mail's body as a single line: line by line, a mail cost four times as much, more than sending it."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._ended = False

    async def readuntil(self, separator: bytes) -> bytes:
        """The body, then the dot that ends it. A body of more than LARGEST bytes comes as so many that it is refused."""
        if self._ended:
            return DOT
        received, searched, dropped = bytearray(b"\r\n"), 0, False
        while (end := received.find(b"\r\n" + DOT, searched)) < 0:
            if len(received) > LARGEST:
                dropped = True
                del received[:-4]
            searched = max(0, len(received) - 4)
            part = await self._reader.read(LARGEST)
            if not part:
                raise asyncio.IncompleteReadError(b"", None)
            received += part
        self._ended = True
        # What follows is the next command. Nothing else is in the buffer: all of it was read.
        self._reader.feed_data(received[end + 5 :])
        text = bytes(LARGEST + 1) + b"\r\n" if dropped else bytes(received[2 : end + 2])
        # RFC 5321, 4.5.2; aiosmtpd removes the first line's dot.
        return text.replace(b"\r\n.", b"\r\n") or DOT


class SinkSMTP(SMTP):  # type: ignore[misc]
    """aiosmtpd's server, for bodies in one piece."""

    line_length_limit = LARGEST + 10

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 (aiosmtpd's)
        lines = cast(asyncio.StreamReader, self._reader)  # type: ignore[has-type]
        self._reader = cast(asyncio.StreamReader, BodyReader(lines))
        try:
            await super().smtp_DATA(arg)
        finally:
            self._reader = lines


async def _serve(folder: Path, bind: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    handler = MaildirHandler(folder)

    def connected() -> SMTP:
        return SinkSMTP(handler, enable_SMTPUTF8=True, data_size_limit=LARGEST, ident="Vidare sink", loop=loop)

    server = await loop.create_server(connected, bind, port, reuse_address=True)
    ended = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, ended.set)
    await ended.wait()
    server.close()


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("bind")
@click.argument("port", type=int)
def main(folder: Path, bind: str, port: int) -> None:
    """Serve until SIGTERM."""
    asyncio.run(_serve(folder, bind, port))


def _answers(host: str, port: int) -> bool:
    try:
        with smtplib.SMTP(host, port, timeout=2):
            return True
    except (OSError, smtplib.SMTPException):
        return False


if __name__ == "__main__":
    main()
