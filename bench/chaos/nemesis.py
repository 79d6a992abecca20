"""Strikes with one fault after the other, and records when."""

import itertools
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bench.chaos.faults import Fault, all_faults
from bench.chaos.running_stack import RunningStack


@dataclass(frozen=True)
class Span:
    """A fault that happened; Unix times. For one without duration, such as a kill, `ended` = `began`."""

    kind: str
    what: str
    began: float
    ended: float


def rounds(seed: int) -> Iterator[Fault]:
    """All faults, again and again, each round in another order; the same for the same seed."""
    chance = random.Random(seed)
    return itertools.chain.from_iterable(all_faults(chance) for _ in itertools.count())


def strike_all(
    stack: RunningStack,
    faults: Iterable[Fault],
    rest: Callable[[RunningStack], None],
    until: float,
    show: Callable[[str], None],
) -> list[Span]:
    """Strike with each fault in turn, `rest` between two, until the monotonic time `until` or the last one."""
    spans: list[Span] = []
    for fault in faults:
        if time.monotonic() >= until:
            break
        if not any(stack.has(name) for name in fault.whom):
            continue
        show(fault.what)
        began = time.time()
        fault.strike(stack)
        spans.append(Span(fault.kind, fault.what, began, time.time()))
        rest(stack)
    return spans
