"""Measure two things in turns, so that other load on the machine affects both."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """Medians of both, and the lowest and highest ratio of a round."""

    ours: float
    ceiling: float
    lowest: float
    highest: float

    @property
    def ratio(self) -> float:
        """The ratio of the medians."""
        return self.ours / self.ceiling

    @property
    def spread(self) -> str:
        """The range of the rounds' ratios."""
        return f"{self.lowest:.2f} to {self.highest:.2f}"


def in_turns(ours: Callable[[], float], ceiling: Callable[[], float], rounds: int) -> Pair:
    """Measure each `rounds` times; the order alternates."""
    pairs = []
    for number in range(rounds):
        if number % 2:
            below = ceiling()
            pairs.append((ours(), below))
        else:
            mine = ours()
            pairs.append((mine, ceiling()))
    ratios = [mine / below for mine, below in pairs]
    return Pair(
        statistics.median(mine for mine, _ in pairs),
        statistics.median(below for _, below in pairs),
        min(ratios),
        max(ratios),
    )
