"""Prometheus metrics that more than one process keeps. Each is documented in docs/metrics.md; a test compares the two."""

from prometheus_client import Counter, Histogram

# Buckets from the promises of the design: routed within 100 ms at the median, recovery within 5 s, then the back-off's minutes.
EVENT_SECONDS = Histogram(
    "vidare_event_handled_seconds",
    "Seconds from recorded to handled, by subscriber and event type",
    ["subscriber", "type"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 600),
)
EVENTS_FAILED = Counter("vidare_event_failures_total", "Failed attempts to handle an event, by subscriber and type", ["subscriber", "type"])
EVENTS_PARKED = Counter("vidare_event_parkings_total", "Deliveries parked, by subscriber and type", ["subscriber", "type"])
EVENTS_PUBLISHED = Counter("vidare_event_published_total", "Deliveries published by the relay, by subscriber", ["subscriber"])
