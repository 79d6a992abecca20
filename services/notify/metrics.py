"""The e-mail metrics: how many wait, for how long, and the state of the circuit breaker."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import REGISTRY, Collector
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from shared.runtime.logs import logger
from shared.storage.database import autocommit

# Only states that have an index of their own and empty by themselves are counted: the others grow for ever.
_WAITING = text("""
    select state, count(*) as number,
        coalesce(extract(epoch from clock_timestamp() - min(not_before) filter (where not_before <= clock_timestamp())), 0) as oldest
    from notify.emails where state in ('queued', 'deferred') group by state
    union all
    select 'sending', count(*), 0 from notify.emails where state = 'sending'
""")
# `open` is stored for a breaker that lets e-mails pass.
_BREAKER = text("select state, extract(epoch from clock_timestamp() - since) as seconds from notify.gate")
_BREAKER_STATES = ("open", "outage", "misconfigured")

log = logger(__name__)


class EmailCollector(Collector):
    """Reads the figures from PostgreSQL at each scrape, so that every process reports the same."""

    def __init__(self) -> None:
        self._engine: Engine | None = None

    def read_from(self, engine: Engine) -> None:
        """Use this database; of several applications in a process the last one made counts."""
        if self._engine is None:
            REGISTRY.register(self)
        self._engine = engine

    def describe(self) -> list[GaugeMetricFamily]:
        """Empty: registering must not query the database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures; none while PostgreSQL is away."""
        if self._engine is None:
            return
        try:
            with autocommit(self._engine) as connection:
                found = [*_waiting(connection), *_breaker(connection)]
        except SQLAlchemyError as error:
            log.warning("no figures", error=type(error).__name__)
            return
        yield from found


COLLECTOR = EmailCollector()


def _waiting(connection: Connection) -> Iterator[GaugeMetricFamily]:
    numbers = GaugeMetricFamily("vidare_emails", "E-mails that are not in a final state.", labels=["state"])
    oldest = GaugeMetricFamily(
        "vidare_emails_oldest_due_seconds", "How long the first one has been due.", labels=["state"]
    )
    for row in connection.execute(_WAITING):
        numbers.add_metric([row.state], row.number)
        oldest.add_metric([row.state], float(row.oldest))
    yield from (numbers, oldest)


def _breaker(connection: Connection) -> Iterator[GaugeMetricFamily]:
    """Alert on `misconfigured`: no e-mail is lost, and none is sent until the settings are fixed."""
    row = connection.execute(_BREAKER).one()
    states = GaugeMetricFamily(
        "vidare_mail_gate",
        "1 for the state of sending: open (e-mails are sent), outage or misconfigured.",
        labels=["state"],
    )
    for state in _BREAKER_STATES:
        states.add_metric([state], float(row.state == state))
    since = GaugeMetricFamily(
        "vidare_mail_gate_seconds", "How long it has been in that state.", value=float(row.seconds)
    )
    yield from (states, since)
