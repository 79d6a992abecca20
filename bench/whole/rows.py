"""The figures of the whole system."""

import tempfile
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.pages.row import Row
from bench.peers.measure import POSTED, measure_peers
from bench.whole.beside_peers import rows_of
from bench.whole.cost import between, processor_seconds
from bench.whole.forms import CASES, Measured, measure
from bench.whole.much_data import fill_stopped, idle, memory, see_tickets
from bench.whole.stack import WholeStack, whole_stack
from bench.whole.submit_to_queue import submit_to_queue
from bench.whole.sustained import sustained
from bench.whole.traffic import numbers, offer, wait_until_handled

# Tickets a second: what is required of the sum, in milliseconds.
RATES = {20: 12.0, 100: 5.5, 300: 4.0}
SECONDS, WARM_UP = 20.0, 5.0
AFTER_START = 10.0  # seconds until a stack that started is idle
_POSTGRES_WHY = (
    "A ticket is five rows of ours, two events and four deliveries in three to five short transactions; an index entry for each is what "
    "is left. In one process, in batches of 25, it costs 0.95 ms."
)
_WHY = (
    "Two thirds are PostgreSQL, intake and the mailbox. Below saturation each wake-up of a process costs several times the work that "
    "it does: the same ticket costs half as much at 500 a second as at 100. After many files were deleted, as by the tests, the "
    "mailbox costs 0.6 ms more for five minutes, since ext4 looks for an inode that was not deleted lately."
)
POSTGRES, POSTGRES_AT_100 = "postgres", 1.5
READY_WITHIN = 5.0
IDLE, IDLE_MEMORY, MEMORY = 5.0, 800.0, 1_000.0  # % of a core; MiB
PARTS = ("processor", "peers", "sustained", "latency", "memory", "idle")


@dataclass(frozen=True)
class Sizes:
    """`seconds`: of each case of a form, and of each sustained rate. `api_seconds`: of the API's case. `peer_seconds`: of each case of
    a peer. `tickets`: seen before the memory is read. `open_tickets`: of the idle stack."""

    seconds: float = 60.0
    api_seconds: float = 20.0
    peer_seconds: float = 15.0
    tickets: int = 100_000
    open_tickets: int = 1_000_000


def rows(sizes: Sizes | None = None, parts: Collection[str] = PARTS) -> Iterator[Row]:
    """Yields each figure as soon as it is measured. `parts`: those of PARTS that are wanted."""
    given = sizes or Sizes()
    with tempfile.TemporaryDirectory(prefix="vidare-whole-") as made:
        folder = Path(made)
        ours: dict[str, Measured | str] = {}
        with whole_stack(folder) as stack:
            if "processor" in parts:
                yield from _little_data(stack)
            if "peers" in parts:
                seconds = {case: given.api_seconds if case == POSTED else given.seconds for case in CASES}
                ours = {case: measure(stack, case, seconds[case]) for case in CASES}
        if ours:
            # Nothing of ours runs beside them.
            yield from rows_of(ours, list(measure_peers(given.peer_seconds)))
        yield from _second_start(folder, given, parts)
        if "idle" in parts:
            yield from _idle_with_data(folder, given.open_tickets)


def _little_data(stack: WholeStack) -> Iterator[Row]:
    offer(stack, "warm", 50, WARM_UP)
    wait_until_handled(stack)
    yield from idle(stack, "", None)
    yield from memory(stack, "idle", IDLE_MEMORY)
    for rate, required in RATES.items():
        yield from _processor(stack, rate, required)


def _second_start(folder: Path, given: Sizes, parts: Collection[str]) -> Iterator[Row]:
    with whole_stack(folder) as stack:
        yield Row("make run: second start to ready", stack.started_in, "s", READY_WITHIN, "less")
        if "latency" in parts:
            yield from submit_to_queue(stack)
        if "sustained" in parts:
            yield from sustained(stack, given.seconds)
        if "memory" in parts:
            see_tickets(stack, given.tickets)
            yield from memory(stack, f"after {given.tickets:,} tickets", MEMORY)


def _idle_with_data(folder: Path, tickets: int) -> Iterator[Row]:
    fill_stopped(folder, tickets)
    with whole_stack(folder) as stack:
        yield Row(f"make run: start to ready with {tickets:,} tickets", stack.started_in, "s")
        time.sleep(AFTER_START)
        yield from idle(stack, f" with {tickets:,} tickets", IDLE)


def _processor(stack: WholeStack, rate: int, required: float) -> Iterator[Row]:
    before, first = processor_seconds(stack), numbers(stack)
    offered = offer(stack, f"at{rate}", rate, SECONDS)
    drained = wait_until_handled(stack)
    used, last = between(before, processor_seconds(stack)), numbers(stack)
    tickets = last.in_mailbox - first.in_mailbox
    for name, seconds in sorted(used.items(), key=lambda each: -each[1]):
        promise = POSTGRES_AT_100 if (name, rate) == (POSTGRES, 100) else None
        why = _POSTGRES_WHY if promise else ""
        yield Row(f"whole, {rate} a second: {name}", 1000 * seconds / tickets, "ms a ticket", promise, "less", why=why)
    yield Row(
        f"whole, {rate} a second: all processes",
        1000 * sum(used.values()) / tickets,
        "ms a ticket",
        required,
        "less",
        f"{tickets} tickets in {offered.seconds:.0f} s, all in the mailbox {drained:.1f} s later",
        why=_WHY,
    )
