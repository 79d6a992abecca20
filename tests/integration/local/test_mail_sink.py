"""The local mailbox: what it keeps of a mail, as a client wrote it."""

import smtplib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.ports import free_ports
from local.servers import mail_sink


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[int]:
    """Its port."""
    (port,) = free_ports(1)
    server = mail_sink.start(tmp_path, port)
    yield port
    server.stop()


def kept(folder: Path) -> list[bytes]:
    """The bodies, in their order, without the two fields of the envelope."""
    files = sorted((folder / "mail" / "new").iterdir())
    return [file.read_bytes().split(b"\r\n", 2)[2] for file in files]


@pytest.mark.parametrize(
    "body",
    [
        b"Subject: a\r\n\r\nHello\r\n",
        b"..\r\n...a\r\n.b\r\nA sentence.\r\n.\r\nand more.\r\n",
        b".\r\n",
        b"\r\n",
        b"a line of 100,000 characters: " + b"x" * 100_000 + b"\r\n",
    ],
    ids=["usual", "dots", "a dot", "nothing", "a long line"],
)
def test_a_body_is_kept_as_it_was_sent(sink: int, tmp_path: Path, body: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", sink) as client:
        for _ in range(2):
            client.sendmail("a@example.com", ["b@example.com"], body)
    assert kept(tmp_path) == [body] * 2


def test_a_mail_that_is_too_large_is_refused_and_the_next_is_kept(sink: int, tmp_path: Path) -> None:
    with smtplib.SMTP("127.0.0.1", sink) as client:
        client.helo()  # without ESMTP it does not announce its size
        with pytest.raises(smtplib.SMTPDataError, match="552"):
            client.sendmail("a@example.com", ["b@example.com"], b"x\r\n" * (mail_sink.LARGEST // 3 + 10))
        client.sendmail("a@example.com", ["b@example.com"], b"small\r\n")
    assert kept(tmp_path) == [b"small\r\n"]


def test_commands_may_come_together(sink: int, tmp_path: Path) -> None:
    with socket.create_connection(("127.0.0.1", sink)) as client, client.makefile("rb") as answers:
        answers.readline()
        client.sendall(b"HELO x\r\n")
        answers.readline()
        client.sendall(b"MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n")
        assert [answers.readline()[:3] for _ in range(3)] == [b"250", b"250", b"354"]
        client.sendall(b"one\r\n.\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n")
        assert [answers.readline()[:3] for _ in range(4)] == [b"250", b"250", b"250", b"354"]
        client.sendall(b"two\r\n.\r\n")
        assert answers.readline()[:3] == b"250"
    assert kept(tmp_path) == [b"one\r\n", b"two\r\n"]
