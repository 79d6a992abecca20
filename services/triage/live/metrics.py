"""Metrics of the process of live updates."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from services.triage.live.hub import Hub


class LiveCollector(Collector):
    """Reads the figures of the hub at each scrape."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        """The figures."""
        yield GaugeMetricFamily("vidare_live_streams", "Open streams of live updates.", len(self._hub.streams))
        yield CounterMetricFamily("vidare_live_events_total", "Events that streams were told of.", self._hub.told)
        yield CounterMetricFamily(
            "vidare_live_dropped_total", "Streams ended because their reader was too slow.", self._hub.dropped
        )


def exposition(hub: Hub) -> bytes:
    """Prometheus's text format: the hub's figures, and those of the process."""
    registry = CollectorRegistry()
    registry.register(LiveCollector(hub))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return generate_latest(registry)
