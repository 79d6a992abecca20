"""The time from Send to the team's queue while everything runs, the mailbox included."""

import statistics
from collections.abc import Iterator

from bench.harness.in_queue import seen_in_queue
from bench.pages.row import Row
from bench.whole.stack import WholeStack
from bench.whole.traffic import offer, wait_until_handled

RATE, SECONDS = 100, 20.0
REQUIRED = {"p50": 40.0, "p99": 120.0}  # milliseconds
# Timeline entries of about a second: the observer shares the cores.
LOOK_BACK = 300


def submit_to_queue(stack: WholeStack) -> Iterator[Row]:
    """The median and the 99th percentile."""
    with seen_in_queue(stack.database_url, LOOK_BACK) as seen:
        offered = offer(stack, "latency", RATE, SECONDS)
        seen.wait_for(offered.due.keys())
    wait_until_handled(stack)
    cuts = statistics.quantiles(((seen.at[one] - due) * 1000 for one, due in offered.due.items()), n=100)
    for name, value in (("p50", cuts[49]), ("p99", cuts[98])):
        what = f"whole, {RATE} a second: submit to queue, {name}"
        yield Row(what, value, "ms", REQUIRED[name], "less", f"{offered.answered} tickets")
