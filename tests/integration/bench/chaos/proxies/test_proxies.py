"""The proxies of `make chaos` do what they are ordered to, and nothing unless they are."""

import http.client
import smtplib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bench.chaos.proxies.mail_proxy import AFTER_250, LATER, NO_SERVICE, NOT_ACCEPTED, UNANSWERED, MailProxy
from bench.chaos.proxies.store_proxy import ERRORS, HANGS, StoreProxy
from local.ports import free_ports
from local.servers.server import Server
from tests.polling import eventually

MAIL = "Subject: hello\r\n\r\nA line.\r\n.A line with a dot.\r\n"


def port_of(server: Server) -> int:
    return urlsplit(server.url).port or 0


@pytest.fixture
def mail(own_mail_sink: Server) -> Iterator[tuple[MailProxy, int]]:
    port = free_ports(1)[0]
    proxy = MailProxy(port, port_of(own_mail_sink))
    yield proxy, port
    proxy.close()


@pytest.fixture
def store(own_object_store: Server) -> Iterator[tuple[StoreProxy, int]]:
    port = free_ports(1)[0]
    proxy = StoreProxy(port, port_of(own_object_store))
    yield proxy, port
    proxy.close()


def send(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as smtp:
        smtp.sendmail("from@example.org", "to@example.org", MAIL)


def stored(folder: Path) -> list[str]:
    return [path.read_text() for path in (folder / "mail" / "new").iterdir()]


def test_a_kind_proxy_changes_nothing(mail: tuple[MailProxy, int], tmp_path: Path) -> None:
    _, port = mail
    send(port)
    [kept] = stored(tmp_path)
    assert "A line.\n.A line with a dot.\n" in kept.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("mood", "error", "mails"),
    [
        (NO_SERVICE, smtplib.SMTPConnectError, 0),
        (LATER, smtplib.SMTPRecipientsRefused, 0),
        (NOT_ACCEPTED, smtplib.SMTPServerDisconnected, 0),
        (UNANSWERED, smtplib.SMTPServerDisconnected, 1),
    ],
)
def test_what_the_sender_gets_and_what_the_server_stores(
    mail: tuple[MailProxy, int], tmp_path: Path, mood: str, error: type[Exception], mails: int
) -> None:
    proxy, port = mail
    with proxy.behaving(mood), pytest.raises(error):
        send(port)
    eventually(lambda: len(stored(tmp_path)) == mails)
    send(port)
    assert len(stored(tmp_path)) == mails + 1


def test_disconnects_after_the_answer_to_a_stored_mail(mail: tuple[MailProxy, int], tmp_path: Path) -> None:
    proxy, port = mail
    smtp = smtplib.SMTP("127.0.0.1", port, timeout=10)
    with proxy.behaving(AFTER_250):
        with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
            smtp.noop()  # open connections are cut
        smtp = smtplib.SMTP("127.0.0.1", port, timeout=10)
        assert smtp.sendmail("from@example.org", "to@example.org", MAIL) == {}
        with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
            smtp.noop()
    assert len(stored(tmp_path)) == 1


def ask(port: int, timeout: float = 10.0) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_store_that_answers_500_and_is_itself_again(store: tuple[StoreProxy, int]) -> None:
    proxy, port = store
    usual = ask(port)
    assert usual != 500
    with proxy.behaving(ERRORS):
        assert [ask(port) for _ in range(4)] == [500] * 4  # half of them reached the store
    assert ask(port) == usual


def test_a_store_that_hangs(store: tuple[StoreProxy, int]) -> None:
    proxy, port = store
    with proxy.behaving(HANGS), pytest.raises(TimeoutError):
        ask(port, timeout=0.3)


def test_an_order_that_nobody_knows(store: tuple[StoreProxy, int]) -> None:
    with pytest.raises(ValueError, match="answers 500"), store[0].behaving("dances"):
        raise AssertionError
