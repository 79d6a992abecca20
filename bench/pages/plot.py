"""Line plots as SVG: round scales, a legend, colours that are read in light and dark."""

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 220, 16, 44
# Okabe and Ito's, distinguishable for the colour-blind (https://jfly.uni-koeln.de/color/).
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_INK = "#767676"  # contrast 4.5:1 on white and on black

Line = Sequence[tuple[float, float]]


def plot(lines: Mapping[str, Line], across: str, up: str, *, logarithmic: bool = False) -> str:
    """An SVG of these lines ((x, y) each, y from 0 on). `across` and `up` name the axes; `logarithmic` concerns x."""
    points = [point for line in lines.values() for point in line]
    xs, top = [x for x, _ in points], _round_up(max(y for _, y in points))
    scale = math.log10 if logarithmic else float
    first, last = scale(min(xs)), scale(max(xs))

    def at(x: float, y: float) -> tuple[float, float]:
        share = (scale(x) - first) / ((last - first) or 1)
        return LEFT + share * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y / top * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="system-ui, sans-serif" font-size="12">'
    ]
    parts += [_across(at(min(xs), top * step / 4)[1], f"{top * step / 4:,.4g}") for step in range(5)]
    parts += [_label(at(x, 0)[0], HEIGHT - BOTTOM + 16, f"{x:,.0f}") for x in sorted(set(xs))]
    parts += [_label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, across), _label(LEFT, 11, up, "start")]
    for number, (name, line) in enumerate(lines.items()):
        parts += _line([at(x, y) for x, y in line], name, number)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _line(points: Sequence[tuple[float, float]], name: str, number: int) -> Iterator[str]:
    colour = COLOURS[number % len(COLOURS)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points)
    height = TOP + 8 + 18 * number
    yield f'<rect x="{WIDTH - RIGHT + 16}" y="{height - 9}" width="10" height="10" fill="{colour}"/>'
    yield _label(WIDTH - RIGHT + 32, height, name, "start")


def _across(y: float, label: str) -> str:
    line = f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_INK}" stroke-opacity="0.3"/>'
    return line + _label(LEFT - 8, y + 4, label, "end")


def _label(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{_INK}">{escape(words)}</text>'


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 5 or 8 times a power of ten, so that a quarter of it is a short number."""
    power = 10.0 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if value <= step * power)
