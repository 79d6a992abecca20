"""One measured figure."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Row:
    """`value` is what was measured, `promise` what it is held against; `against` names the ceiling of the same run."""

    what: str
    value: float
    unit: str
    promise: float
    better: Literal["more", "less"]
    against: str = ""

    @property
    def kept(self) -> bool:
        """Whether the promise is kept."""
        return self.value >= self.promise if self.better == "more" else self.value <= self.promise

    def __str__(self) -> str:
        sign = "≥" if self.better == "more" else "≤"
        mark = "kept" if self.kept else "NOT KEPT"
        beside = f"  ({self.against})" if self.against else ""
        return f"{self.what:<60} {self.value:>12,.2f} {self.unit:<12} {sign} {self.promise:>10,.2f}  {mark}{beside}"
