"""docs/operate/performance.md: what was measured, on what, with two plots."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.machine import machine
from bench.plot import plot
from bench.row import Row

DOCS = Path(__file__).resolve().parents[1] / "docs"
_PLOTS = (
    ("latency", "From submit to the team's queue, against the load", "notes a second", "ms", False),
    (
        "cost",
        "What a thing costs as things grow",
        "tickets, or rules",
        "times what it costs at the smallest size",
        True,
    ),
    (
        "growth",
        "What a core does as threads and workers are added",
        "threads of intake, or workers",
        "notes a core-second, times those of one",
        True,
    ),
)


def write(rows: Sequence[Row]) -> None:
    """Write the page and its pictures. Raises OSError."""
    for name, _, across, up, logarithmic in _PLOTS:
        lines: dict[str, list[tuple[float, float]]] = {}
        for point in (point for row in rows for point in row.points if point.plot == name):
            lines.setdefault(point.line, []).append((point.x, point.y))
        if lines:
            picture = plot({key: sorted(line) for key, line in lines.items()}, across, up, logarithmic=logarithmic)
            (DOCS / "pictures" / f"{name}.svg").write_text(picture)
    (DOCS / "operate" / "performance.md").write_text("\n".join(_page(rows)) + "\n")


def _page(rows: Sequence[Row]) -> Iterator[str]:
    yield "# How fast it is"
    yield ""
    yield "Written by `make bench`, which measures everything anew. A promise is a ratio against a ceiling that is measured in"
    yield "turns with it, in the same run: absolute figures are this machine's, ratios travel. What falls short says so."
    yield ""
    yield f"Measured on {datetime.now(UTC):%Y-%m-%d}: {machine()}."
    yield ""
    yield "| what | measured | promised | | in the same run |"
    yield "| --- | ---: | ---: | --- | --- |"
    for row in rows:
        verdict = f"**{row.verdict}**" if not row.kept else row.verdict
        yield f"| {row.what} | {row.shown} {row.unit} | {row.promised} | {verdict} | {row.against} |"
    short = [row for row in rows if not row.kept]
    if short:
        yield from ("", "## What falls short, and why", "")
        for row in short:
            yield f"* **{row.what}**: {row.shown} {row.unit} of {row.promised}. {row.why}".rstrip()
    for name, title, *_ in _PLOTS:
        if any(point.plot == name for row in rows for point in row.points):
            yield from ("", f"## {title}", "", f"![{title}](../pictures/{name}.svg)")
