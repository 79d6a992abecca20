"""Bar plots as the shapes that a template draws. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 180
LEFT, BOTTOM, TOP = 44, 24, 10
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Bar:
    """A bar of `value`, of which `part` is drawn darker, above its `label`."""

    x: float
    y: float
    width: float
    height: float
    part_y: float
    part_height: float
    middle: float
    label: str
    value: float
    part: float


@dataclass(frozen=True)
class Plot:
    """The bars, and horizontal lines as (y, label)."""

    bars: Sequence[Bar]
    lines: Sequence[tuple[float, str]]


def plot_of(labels: Sequence[str], values: Sequence[float], parts: Sequence[float], unit: float = 1.0) -> Plot:
    """A bar for each of `values`, its part of `parts` drawn darker.

    `unit`: what the scale counts in; 3600 for values in seconds and a scale in hours.
    """
    # A part can exceed its whole: a ticket that became overdue this week may have arrived in another.
    most = max([*values, *parts, unit])
    step = _step(most / unit) * unit
    top = step * -(-most // step)
    height_of_top = HEIGHT - TOP - BOTTOM
    slot = (WIDTH - LEFT) / max(len(labels), 1)
    bars = []
    for number, (label, value, part) in enumerate(zip(labels, values, parts, strict=True)):
        height, part_height = height_of_top * value / top, height_of_top * part / top
        x = LEFT + slot * (number + 0.15)
        base = HEIGHT - BOTTOM
        bars.append(
            Bar(
                x,
                base - height,
                slot * 0.7,
                height,
                base - part_height,
                part_height,
                x + slot * 0.35,
                label,
                value,
                part,
            )
        )
    count = round(top / step)
    lines = [
        (HEIGHT - BOTTOM - height_of_top * number / count, f"{number * step / unit:g}") for number in range(count + 1)
    ]
    return Plot(bars, lines)


def _step(most: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, 50 … that divides the scale into at most five steps."""
    size = 1.0
    while True:
        for step in _STEPS:
            if most <= 5 * step * size:
                return step * size
        size *= 10
