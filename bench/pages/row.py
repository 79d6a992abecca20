"""One measured figure."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Point:
    """One point of a line in a plot."""

    plot: Literal["latency", "cost", "growth"]
    line: str
    x: float
    y: float


@dataclass(frozen=True)
class Row:
    """`promise`: the bound that `value` is compared with (None: nothing is promised). `against`: the ceiling measured in the same run
    and the spread of the rounds. `points`: what a plot shows of it. `part`: its name in docs/operate/scale.md, empty where that page
    does not use it; `per_second` is then this machine's rate, where `value` is a ratio. `why`: what the page states if it falls short."""

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
        if self.promise is None:
            return True
        return self.value >= self.promise if self.better == "more" else self.value <= self.promise

    @property
    def promised(self) -> str:
        """The bound as the page shows it; empty where nothing is promised."""
        if self.promise is None:
            return ""
        return f"{'≥' if self.better == 'more' else '≤'} {self.promise:,g}"

    @property
    def outcome(self) -> str:
        """The promise's outcome as the page shows it; empty where nothing is promised."""
        return "" if self.promise is None else "kept" if self.kept else "NOT KEPT"

    @property
    def shown(self) -> str:
        """The value, with the significant digits."""
        return f"{self.value:,.0f}" if self.value >= 100 else f"{self.value:,.2f}"

    def __str__(self) -> str:
        beside = f"  ({self.against})" if self.against else ""
        return f"{self.what:<60} {self.value:>12,.2f} {self.unit:<12} {self.promised:>10}  {self.outcome}{beside}"
