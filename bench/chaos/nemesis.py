"""Inject one fault after the other, and record when."""

import itertools
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bench.chaos.faults import Fault, all_faults
from bench.chaos.running_stack import RunningStack


@dataclass(frozen=True)
class Span:
    """A fault that was injected; Unix times. For one that ends at once, such as a kill, `ended` = `began`."""

    kind: str
    what: str
    began: float
    ended: float


def rounds(seed: int) -> Iterator[Fault]:
    """All faults, repeatedly, each round in another order; the same for the same seed."""
    chance = random.Random(seed)
    return itertools.chain.from_iterable(all_faults(chance) for _ in itertools.count())


def inject(
    stack: RunningStack,
    faults: Iterable[Fault],
    rest: Callable[[RunningStack], None],
    until: float,
    log: Callable[[str], None],
) -> list[Span]:
    """Inject each fault in turn, with a `rest` after each, until the monotonic time `until` or the last fault."""
    spans: list[Span] = []
    for fault in faults:
        if time.monotonic() >= until:
            break
        if not any(stack.has(name) for name in fault.whom):
            continue
        log(fault.what)
        began = time.time()
        fault.strike(stack)
        spans.append(Span(fault.kind, fault.what, began, time.time()))
        rest(stack)
    return spans
