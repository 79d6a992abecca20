"""The connection to the SMTP server is protected as set, or nothing is sent: its certificate and its name are verified."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from sqlalchemy import Engine

from local.ports import free_ports
from services.notify.delivery.mailing import make_mailing
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.settings import NotifySettings
from tests.faults.notify.ledger_checks import breaker, some_emails
from tests.faults.notify.test_misbehaving_peer import Peers
from tests.integration.notify.ledger import Ledger

CERTIFICATES = Path(__file__).parents[2] / "samples" / "certificates"
OURS = str(CERTIFICATES / "ca.pem")


class Protected:
    """A server with a certificate: the mails that it accepted, and who logged in."""

    def __init__(self, certificate: str | None, *, from_the_start: bool = False) -> None:
        self.mails: list[bytes] = []
        self.users: list[bytes] = []
        context = None
        if certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
        self.port = free_ports(1)[0]
        self.scheme = "smtps" if from_the_start else "smtp+starttls"
        self.controller = Controller(
            self,
            "localhost",
            self.port,
            ssl_context=context if from_the_start else None,
            authenticator=self.log_in,
            auth_require_tls=not from_the_start,  # aiosmtpd takes only STARTTLS for TLS
            **({} if from_the_start else {"tls_context": context}),
        )
        self.controller.start()

    def log_in(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        if data.password != b"secret":
            return AuthResult(success=False, handled=False)
        self.users.append(data.login)
        return AuthResult(success=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.mails.append(bytes(envelope.original_content or b""))
        return "250 ok"


Serve = Callable[..., Protected]
Through = Callable[..., None]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts such servers, and ends them with the test."""
    started: list[Protected] = []

    def start(certificate: str | None, *, from_the_start: bool = False) -> Protected:
        started.append(Protected(certificate, from_the_start=from_the_start))
        return started[-1]

    yield start
    for server in started:
        server.controller.stop()


@pytest.fixture
def send_through(engine: Engine, notify_settings: NotifySettings) -> Through:
    """One run of a sender towards a server; `ca` is what it verifies by, empty for the system's."""

    def send(server: Protected, ca: str = OURS, user: str = "") -> None:
        url = f"{server.scheme}://{user}localhost:{server.port}"
        send_due_emails(engine, make_mailing(replace(notify_settings, smtp_url=url, smtp_ca=ca)), 20)

    return send


@pytest.mark.parametrize("from_the_start", [True, False], ids=["smtps", "starttls"])
def test_a_server_with_a_valid_certificate_gets_the_mail(
    ledger: Ledger, serve: Serve, send_through: Through, from_the_start: bool
) -> None:
    some_emails(ledger, 2)
    server = serve("localhost", from_the_start=from_the_start)
    send_through(server, user="vidare:secret@")
    assert ledger.states() == ["sent", "sent"]
    assert (len(server.mails), server.users) == (2, [b"vidare"])


@pytest.mark.parametrize("from_the_start", [True, False], ids=["smtps", "starttls"])
@pytest.mark.parametrize(
    ("certificate", "ca", "words"),
    [
        ("localhost", "", "unable to get local issuer certificate"),
        ("elsewhere", OURS, "Hostname mismatch"),
        ("expired", OURS, "certificate has expired"),
    ],
)
def test_a_server_with_an_invalid_certificate_gets_nothing_and_nothing_fails(
    ledger: Ledger,
    serve: Serve,
    send_through: Through,
    certificate: str,
    ca: str,
    words: str,
    from_the_start: bool,
) -> None:
    some_emails(ledger, 2)
    server = serve(certificate, from_the_start=from_the_start)
    send_through(server, ca, user="vidare:secret@")
    assert (server.mails, server.users) == ([], [])
    assert (breaker(ledger), ledger.states(), ledger.attempts()) == ("misconfigured", ["queued", "queued"], [])
    assert words in str(ledger.breaker_because())
    ledger.due_now()
    send_through(serve("localhost", from_the_start=from_the_start), user="vidare:secret@")
    assert (breaker(ledger), ledger.states()) == ("open", ["sent", "sent"])


def test_a_server_without_starttls_gets_nothing(ledger: Ledger, serve: Serve, send_through: Through) -> None:
    some_emails(ledger, 1)
    server = serve(None)
    send_through(server)
    assert server.mails == []
    assert (breaker(ledger), ledger.states()) == ("misconfigured", ["queued"])


@pytest.mark.parametrize(("password", "words"), [("wrong", "credentials invalid"), ("h%C3%A9", "must be ASCII")])
def test_a_wrong_password_pauses_everything_and_fails_nothing(
    ledger: Ledger, serve: Serve, send_through: Through, password: str, words: str
) -> None:
    some_emails(ledger, 2)
    server = serve("localhost")
    send_through(server, user=f"vidare:{password}@")
    assert server.mails == []
    assert (breaker(ledger), ledger.states(), ledger.attempts()) == ("misconfigured", ["queued", "queued"], [])
    assert words in str(ledger.breaker_because())
    ledger.due_now()
    send_through(server, user="vidare:secret@")
    assert (breaker(ledger), ledger.states()) == ("open", ["sent", "sent"])


@pytest.mark.parametrize("offer", ["250 peer", "250-peer\r\n250 AUTH GSSAPI"])
def test_a_server_with_no_way_to_log_in_pauses_everything(
    engine: Engine, ledger: Ledger, peers: Peers, notify_settings: NotifySettings, offer: str
) -> None:
    peer = peers(lambda stage, recipient, n: offer if stage == "EHLO" else None)
    some_emails(ledger, 1)
    url = peer.url.replace("smtp://", "smtp://vidare:secret@")
    send_due_emails(engine, make_mailing(replace(notify_settings, smtp_url=url)), 20)
    assert (breaker(ledger), ledger.states(), peer.accepted) == ("misconfigured", ["queued"], [])
