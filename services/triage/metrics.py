"""Metrics of the whole system: the event backlog, the teams' queues and webhooks, read from PostgreSQL at each scrape."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from services.triage.lists.queues import queues
from services.triage.webhooks.call_log import waiting_calls
from shared.events.backlog import backlog, handled
from shared.events.consumer import BUCKETS
from shared.runtime.logs import logger
from shared.storage.database import autocommit

_SIZES = ("open", "claimed", "held", "waiting", "snoozed", "breached")

log = logger(__name__)

Family = GaugeMetricFamily | HistogramMetricFamily


class SystemCollector(Collector):
    """Reads the figures at each scrape, so that every process reports the same."""

    def __init__(self, engine: Engine, teams: tuple[str, ...]) -> None:
        self._engine = engine
        self._teams = teams

    def collect(self) -> Iterator[Family]:
        """The figures; only `vidare_postgres_up` when PostgreSQL does not answer."""
        up = GaugeMetricFamily("vidare_postgres_up", "Whether Postgres answered this scrape.")
        found: list[Family] = []
        try:
            with autocommit(self._engine) as connection:
                found = [*_events(connection), *_queues(connection, self._teams), *_webhooks(connection)]
            up.add_metric([], 1)
        except SQLAlchemyError as error:
            log.warning("metrics without figures of the database", error=type(error).__name__)
            up.add_metric([], 0)
        yield up
        yield from found


def _events(connection: Connection) -> Iterator[Family]:
    waiting = GaugeMetricFamily("vidare_deliveries_waiting", "Deliveries not handled yet.", labels=["subscriber"])
    backing = GaugeMetricFamily("vidare_deliveries_backing_off", "Those that failed and wait.", labels=["subscriber"])
    parked = GaugeMetricFamily("vidare_deliveries_parked", "Those that wait for a person.", labels=["subscriber"])
    oldest = GaugeMetricFamily("vidare_deliveries_oldest_due_seconds", "Age of the oldest due.", labels=["subscriber"])
    for one in backlog(connection):
        waiting.add_metric([one.subscriber], one.waiting)
        backing.add_metric([one.subscriber], one.backing_off)
        parked.add_metric([one.subscriber], one.parked)
        oldest.add_metric([one.subscriber], one.oldest_due_seconds)
    times = HistogramMetricFamily("vidare_event_handling_seconds", "From recorded to handled.", labels=["subscriber"])
    bounds = [*(str(bound) for bound in BUCKETS), "+Inf"]
    for subscriber in handled(connection, len(bounds)):
        total, cells = 0, []
        for bound, cell in zip(bounds, subscriber.buckets, strict=True):
            total += cell
            cells.append((bound, float(total)))
        times.add_metric([subscriber.subscriber], buckets=cells, sum_value=subscriber.seconds)
    yield from (waiting, backing, parked, oldest, times)


def _queues(connection: Connection, teams: tuple[str, ...]) -> Iterator[Family]:
    sizes = GaugeMetricFamily("vidare_tickets", "Tickets in a team's queue.", labels=["team", "state"])
    for queue in queues(connection, teams):
        for state in _SIZES:
            sizes.add_metric([queue["team"], state], queue[state])
    yield sizes


def _webhooks(connection: Connection) -> Iterator[Family]:
    calls = GaugeMetricFamily("vidare_webhook_calls_waiting", "Calls that no receiver has accepted.", labels=["team"])
    failing = GaugeMetricFamily("vidare_webhook_failing_seconds", "How long the worst has failed.", labels=["team"])
    for one in waiting_calls(connection):
        calls.add_metric([one.team], one.calls)
        failing.add_metric([one.team], one.failing_seconds)
    yield from (calls, failing)
