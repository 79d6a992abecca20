"""Where a stream is in the tables that it tells of: the `id` of its events. Pure.

Ids are drawn before their transactions commit, so a row may appear after rows with greater ids. A position therefore names the ids
below its newest that were not seen, as `1204-1180~1190,1193.17.3`: timeline, notifications, presence.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Self

# A transaction that goes on for longer is ended by PostgreSQL's time-outs (shared.storage.database); an id that is missing for as long was
# rolled back.
MISSING_FOR = 60.0  # seconds
MOST_MISSING = 2_000
# An event's id names so many runs of missing ids: a transaction draws its ids one after the other. With more, the id stands before the
# first of them, and who continues there hears some events twice.
MOST_NAMED = 40

_RUN = r"\d{1,18}(?:~\d{1,18})?"
_POINT = rf"(\d{{1,18}})(?:-({_RUN}(?:,{_RUN}){{0,100}}))?"
_POSITION = re.compile(rf"{_POINT}\.{_POINT}\.(\d{{1,18}})(?:\.[a-z])?", re.ASCII)


@dataclass(frozen=True)
class Point:
    """Where one is in a table of growing ids. `missing`: ids below `newest` that were not seen."""

    newest: int
    missing: tuple[int, ...] = ()

    def __str__(self) -> str:
        runs = _runs(self.missing)
        if len(runs) > MOST_NAMED:
            return str(self.missing[0] - 1)
        named = ",".join(str(first) if first == last else f"{first}~{last}" for first, last in runs)
        return f"{self.newest}-{named}" if named else str(self.newest)


@dataclass(frozen=True)
class Position:
    """Where one is in each of the tables."""

    lines: Point
    notifications: Point
    presence: int

    def __str__(self) -> str:
        return f"{self.lines}.{self.notifications}.{self.presence}"

    @classmethod
    def parse(cls, given: str) -> Self | None:
        """The position of an event's id; None for anything else."""
        found = _POSITION.fullmatch(given)
        if found is None:
            return None
        lines, notifications = _point(found[1], found[2]), _point(found[3], found[4])
        return cls(lines, notifications, int(found[5])) if lines and notifications else None


def _point(newest: str, missing: str | None) -> Point | None:
    """None for more missing ids than a point of ours has."""
    runs = [
        (int(first), int(last or first))
        for first, _, last in (run.partition("~") for run in (missing or "").split(","))
        if first
    ]
    if sum(last - first + 1 for first, last in runs) > MOST_MISSING or any(first > last for first, last in runs):
        return None
    return Point(int(newest), tuple(one for first, last in runs for one in range(first, last + 1)))


def _runs(ids: Iterable[int]) -> list[tuple[int, int]]:
    """The first and the last of each run of consecutive ids, which come in their order."""
    runs: list[tuple[int, int]] = []
    for one in ids:
        if runs and runs[-1][1] == one - 1:
            runs[-1] = (runs[-1][0], one)
        else:
            runs.append((one, one))
    return runs


@dataclass
class Track:
    """A point that moves on as rows are read. `now` is monotonic time."""

    newest: int
    missing: dict[int, float] = field(default_factory=dict)

    def read(self, row_id: int, now: float) -> None:
        """A row was read, in the order of ids or as one that was missing."""
        if row_id <= self.newest:
            self.missing.pop(row_id, None)
            return
        for skipped in range(max(self.newest + 1, row_id - MOST_MISSING), row_id):
            self.missing[skipped] = now
        # At once: each position that is told must be one that `parse` reads.
        for oldest in nsmallest(len(self.missing) - MOST_MISSING, self.missing):
            del self.missing[oldest]
        self.newest = row_id

    def forget(self, now: float) -> None:
        """Wait no longer for ids that have been missing for too long."""
        for one in [one for one, since in self.missing.items() if now - since > MISSING_FOR]:
            del self.missing[one]

    @property
    def point(self) -> Point:
        """The point of now."""
        return Point(self.newest, tuple(sorted(self.missing)))


def tracked(newest: int, seen: Iterable[int], since: int, now: float) -> Track:
    """A track that begins at `newest`, where of the ids after `since` only `seen` are there: the others may still be committed."""
    there = set(seen)
    return Track(newest, {one: now for one in range(since + 1, newest) if one not in there})
