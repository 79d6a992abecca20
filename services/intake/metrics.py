"""Metrics of inbound mail: how much waits to be read, and how much for a person."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from shared.runtime.logs import logger
from shared.storage.database import autocommit

_COUNTED = text("""
    select 'waiting' as state, count(*) as number from intake.inbound_mails where state = 'waiting'
    union all select 'unreadable', count(*) from intake.inbound_mails where state = 'unreadable'
""")

log = logger(__name__)


class MailCollector(Collector):
    """Reads the figures from Postgres at each scrape, so that every process reports the same."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing in advance: registering must not query the database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures; none while Postgres is away."""
        mails = GaugeMetricFamily("vidare_inbound_mails", "Mails to us that are not done with.", labels=["state"])
        try:
            with autocommit(self._engine) as connection:
                for row in connection.execute(_COUNTED):
                    mails.add_metric([row.state], row.number)
        except SQLAlchemyError as error:
            log.warning("no figures", error=type(error).__name__)
            return
        yield mails
