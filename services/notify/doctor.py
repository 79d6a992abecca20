"""The checks of `vidare doctor` about e-mail: the SMTP server accepts us, and due e-mails are sent."""

from collections.abc import Iterator

from sqlalchemy import text

from services.notify.delivery.circuit_breaker import read_breaker
from services.notify.delivery.smtp import SmtpConnection
from services.notify.delivery.smtp_server import Server
from services.notify.settings import NotifySettings
from shared.doctor.engine import doctor_engine
from shared.doctor.finding import Finding, Question, critical, ok, warning
from shared.settings import read

LATE = 60.0  # seconds; the sender is woken at once, so an e-mail that is due this long is not being sent

_DUE = text("""
    select count(*) as number, coalesce(extract(epoch from clock_timestamp() - min(not_before)), 0) as oldest
    from notify.emails where state in ('queued', 'deferred') and not_before <= clock_timestamp()
""")


def questions() -> Iterator[Question]:
    """About the SMTP server and the due e-mails."""
    yield Question("SMTP server", _server, "does it run, and is VIDARE_SMTP_URL right, its log-in and certificate too?")
    yield Question("e-mails", _mails, needs=("PostgreSQL",))


def _server() -> Finding:
    """Connect, with TLS and log-in as set, and disconnect."""
    settings = read(NotifySettings)
    server = Server.of(settings.smtp_url, settings.mail_domain, settings.smtp_ca)
    SmtpConnection(server, most_seconds=30).close()
    return ok(
        f"{server.host}:{server.port} takes us ({'no TLS' if server.protection == 'none' else server.protection})"
    )


def _mails() -> Finding:
    engine = doctor_engine(read(NotifySettings))
    with engine.connect() as connection:
        breaker, due = read_breaker(connection), connection.execute(_DUE).one()
    if breaker.cause is not None:
        return critical(
            f"nothing is sent since {breaker.since:%Y-%m-%d %H:%M} UTC ({breaker.cause}): {breaker.because}",
            "fix the SMTP settings; no e-mail is lost, and sending goes on by itself",
        )
    if due.oldest > LATE:
        return warning(f"{due.number} are due, the first for {due.oldest:.0f} s", "does worker-notify run?")
    return ok(f"{due.number} are due" if due.number else "none is due")
