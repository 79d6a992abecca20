"""How a rate grows with threads or workers, and the rate of each core."""

import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

from bench.pages.row import Point, Row

ROUNDS = 3
# Of one round: a rate a second, and the rate a core-second of the processes that did the work.
Measure = Callable[[], tuple[float, float]]


def growth(
    line: str, what: str, sizes: Sequence[int], running: Callable[[int], AbstractContextManager[Measure]]
) -> Iterator[Row]:
    """A row and a point of `line` for each size. `what` names the rate, with {} for the size. `running` runs so many and measures."""
    of_one = 0.0
    for size in sizes:
        with running(size) as measure:
            rates, each = zip(*(measure() for _ in range(ROUNDS)), strict=True)
        each_core = statistics.median(each)
        of_one = of_one or each_core
        against = f"{each_core:,.0f} a core-second; rounds {min(rates):,.0f} to {max(rates):,.0f}"
        point = Point("growth", line, size, each_core / of_one)
        yield Row(what.format(size), statistics.median(rates), "/s", against=against, points=(point,))
