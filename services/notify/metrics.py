"""What /metrics tells of e-mail: what waits, for how long, and whether the way to the SMTP server is open."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import REGISTRY, Collector
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from shared.runtime.logs import logger
from shared.storage.database import autocommit

# Only states that have an index of their own and empty by themselves are counted: a count of all that was ever sent grows for ever.
_WAITING = text("""
    select state, count(*) as number,
        coalesce(extract(epoch from clock_timestamp() - min(not_before) filter (where not_before <= clock_timestamp())), 0) as oldest
    from notify.emails where state in ('queued', 'deferred') group by state
    union all
    select 'sending', count(*), 0 from notify.emails where state = 'sending'
""")
_GATE = text("select state, extract(epoch from clock_timestamp() - since) as seconds from notify.gate")
_GATES = ("open", "outage", "misconfigured")

log = logger(__name__)


class EmailCollector(Collector):
    """Reads the figures from Postgres at each scrape, so that every process tells the same."""

    def __init__(self) -> None:
        self._engine: Engine | None = None

    def watch(self, engine: Engine) -> None:
        """Read from this database from now on; the last app that is made in a process is the one that serves."""
        if self._engine is None:
            REGISTRY.register(self)
        self._engine = engine

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing in advance: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures; none while Postgres is away."""
        if self._engine is None:
            return
        try:
            with autocommit(self._engine) as connection:
                found = [*_waiting(connection), *_gate(connection)]
        except SQLAlchemyError as error:
            log.warning("no figures", error=type(error).__name__)
            return
        yield from found


COLLECTOR = EmailCollector()


def _waiting(connection: Connection) -> Iterator[GaugeMetricFamily]:
    numbers = GaugeMetricFamily("vidare_emails", "E-mails that are not at their end.", labels=["state"])
    oldest = GaugeMetricFamily(
        "vidare_emails_oldest_due_seconds", "How long the first one has been due.", labels=["state"]
    )
    for row in connection.execute(_WAITING):
        numbers.add_metric([row.state], row.number)
        oldest.add_metric([row.state], float(row.oldest))
    yield from (numbers, oldest)


def _gate(connection: Connection) -> Iterator[GaugeMetricFamily]:
    """Alert on `misconfigured`: nothing is lost, and nothing is sent until somebody mends the settings."""
    row = connection.execute(_GATE).one()
    gate = GaugeMetricFamily(
        "vidare_mail_gate", "1 for the state that the way to the SMTP server is in.", labels=["state"]
    )
    for state in _GATES:
        gate.add_metric([state], float(row.state == state))
    since = GaugeMetricFamily(
        "vidare_mail_gate_seconds", "For how long it has been in that state.", value=float(row.seconds)
    )
    yield from (gate, since)
