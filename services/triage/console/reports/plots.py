"""Plots by week as the shapes that a template draws: bars, and marks with whiskers. Pure."""

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
    """All that is drawn: the bars, and lines across with what they stand for."""

    bars: Sequence[Bar]
    lines: Sequence[tuple[float, str]]


def plot_of(labels: Sequence[str], values: Sequence[float], parts: Sequence[float], unit: float = 1.0) -> Plot:
    """Bars of `values`, each with its part. `unit`: what a step of the scale is counted in (3600 for hours)."""
    # A part may be more than its whole: what is late this week may have come in another.
    most = max([*values, *parts, unit])
    step = _step(most / unit) * unit
    top = step * -(-most // step)
    room = HEIGHT - TOP - BOTTOM
    slot = (WIDTH - LEFT) / max(len(labels), 1)
    bars = []
    for number, (label, value, part) in enumerate(zip(labels, values, parts, strict=True)):
        height, part_height = room * value / top, room * part / top
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
    lines = [(HEIGHT - BOTTOM - room * number / count, f"{number * step / unit:g}") for number in range(count + 1)]
    return Plot(bars, lines)


def _step(most: float) -> float:
    """A round distance that gives at most five lines."""
    size = 1.0
    while True:
        for step in _STEPS:
            if most <= 5 * step * size:
                return step * size
        size *= 10
