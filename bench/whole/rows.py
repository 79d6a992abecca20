"""The figures of the whole system."""

import time
from collections.abc import Iterator

from bench.pages.row import Row
from bench.whole.cost import between, processor_seconds, proportional_memory
from bench.whole.stack import WholeStack, whole_stack
from bench.whole.traffic import numbers, offer, wait_until_handled

# Tickets a second: what is required of the sum, in milliseconds.
RATES = {20: 12.0, 100: 5.5, 300: 4.0}
SECONDS, WARM_UP = 20.0, 5.0
IDLE_SECONDS = 20.0
POSTGRES_AT_100 = 1.5


def rows() -> Iterator[Row]:
    """Yields each figure as soon as it is measured."""
    with whole_stack() as stack:
        offer(stack, "warm", 50, WARM_UP)
        wait_until_handled(stack)
        yield from _idle(stack)
        for rate, required in RATES.items():
            yield from _processor(stack, rate, required)


def _idle(stack: WholeStack) -> Iterator[Row]:
    before = processor_seconds(stack)
    time.sleep(IDLE_SECONDS)
    used = between(before, processor_seconds(stack))
    for name, seconds in used.items():
        yield Row(f"whole, idle: {name}", 100 * seconds / IDLE_SECONDS, "% of a core")
    yield Row("whole, idle: all processes", 100 * sum(used.values()) / IDLE_SECONDS, "% of a core", 5.0, "less")
    memory = proportional_memory(stack)
    for name, mib in memory.items():
        yield Row(f"whole, idle: memory of {name}", mib, "MiB")
    yield Row("whole, idle: memory of all processes", sum(memory.values()), "MiB", 800, "less")


def _processor(stack: WholeStack, rate: int, required: float) -> Iterator[Row]:
    before, first = processor_seconds(stack), numbers(stack)
    offered = offer(stack, f"at{rate}", rate, SECONDS)
    drained = wait_until_handled(stack)
    used, last = between(before, processor_seconds(stack)), numbers(stack)
    tickets = last.in_mailbox - first.in_mailbox
    for name, seconds in sorted(used.items(), key=lambda each: -each[1]):
        yield Row(f"whole, {rate} a second: {name}", 1000 * seconds / tickets, "ms a ticket")
    yield Row(
        f"whole, {rate} a second: all processes",
        1000 * sum(used.values()) / tickets,
        "ms a ticket",
        required,
        "less",
        f"{tickets} tickets in {offered.seconds:.0f} s, all in the mailbox {drained:.1f} s later",
    )
