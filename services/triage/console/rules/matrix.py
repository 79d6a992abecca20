"""The picture of a replay: where tickets were placed then, and where the draft places them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WEIGHTS = 5


@dataclass(frozen=True)
class Cell:
    """How many tickets went this way. `weight` is 0 for none, up to 5 for the most of those that moved; `stayed`: no move."""

    count: int
    weight: int
    stayed: bool


@dataclass(frozen=True)
class Matrix:
    """Rows are the teams then, columns the teams by the draft, both in the order of `teams`."""

    teams: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    moved: int


def matrix_of(pairs: Sequence[Mapping[str, Any]], teams: Sequence[str]) -> Matrix:
    """The matrix of a replay's {"from", "to", "count"}; teams that are no more come last."""
    counts = {(pair["from"], pair["to"]): int(pair["count"]) for pair in pairs}
    named = [*teams, *sorted({team for way in counts for team in way} - set(teams))]
    most = max((count for (one, other), count in counts.items() if one != other), default=0)

    def cell(one: str, other: str) -> Cell:
        count = counts.get((one, other), 0)
        weight = 0 if not count or not most else 1 + (WEIGHTS - 1) * count // most
        return Cell(count, 0 if one == other else weight, one == other)

    rows = [(one, [cell(one, other) for other in named]) for one in named]
    return Matrix(named, rows, sum(count for (one, other), count in counts.items() if one != other))
