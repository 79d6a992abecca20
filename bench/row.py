"""One measured figure."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Point:
    """Where a figure stands in a plot: the plot's name, the line that it belongs to, and both coordinates."""

    plot: Literal["latency", "cost", "growth"]
    line: str
    x: float
    y: float


@dataclass(frozen=True)
class Row:
    """`value` is what was measured, `promise` what it is held against (None: nothing was promised); `against` names the ceiling of
    the same run and the spread of the rounds; `points` are what a plot shows of it. `part` is its name where docs/operate/scale.md counts with
    it, and `per_second` how many of them this machine did, where `value` is a ratio. `why`: what the page says of it if it falls short."""

    what: str
    value: float
    unit: str
    promise: float | None = None
    better: Literal["more", "less"] = "more"
    against: str = ""
    points: tuple[Point, ...] = ()
    part: str = ""
    per_second: float | None = None
    why: str = ""

    @property
    def kept(self) -> bool:
        """Whether the promise is kept."""
        if self.promise is None:
            return True
        return self.value >= self.promise if self.better == "more" else self.value <= self.promise

    @property
    def promised(self) -> str:
        """The promise in words; empty where there is none."""
        if self.promise is None:
            return ""
        return f"{'≥' if self.better == 'more' else '≤'} {self.promise:,g}"

    @property
    def verdict(self) -> str:
        """Whether it was kept, in words; empty where nothing was promised."""
        return "" if self.promise is None else "kept" if self.kept else "NOT KEPT"

    @property
    def shown(self) -> str:
        """The value, with as many digits as mean something."""
        return f"{self.value:,.0f}" if self.value >= 100 else f"{self.value:,.2f}"

    def __str__(self) -> str:
        beside = f"  ({self.against})" if self.against else ""
        return f"{self.what:<60} {self.value:>12,.2f} {self.unit:<12} {self.promised:>10}  {self.verdict}{beside}"
