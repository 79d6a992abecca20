"""Writes docs/operate/performance.md and its plots."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.harness.machine import machine
from bench.pages.plot import plot
from bench.pages.row import Row

DOCS = Path(__file__).resolve().parents[2] / "docs"
_PLOTS = (
    ("latency", "Time from Send to the team's queue, by load", "tickets a second", "ms", False),
    (
        "cost",
        "Cost as sizes grow",
        "tickets, or rules",
        "cost, relative to the smallest size",
        True,
    ),
    (
        "growth",
        "Throughput of a core as threads and workers are added",
        "threads of intake, or workers of triage",
        "rate a core-second, relative to one thread or worker",
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
    (DOCS / "operate" / "performance.md").write_text("\n".join(lines_of(rows)) + "\n")


def lines_of(rows: Sequence[Row]) -> Iterator[str]:
    yield "# Performance"
    yield ""
    yield "`make bench` measures everything and writes this page. A promise is a ratio to a ceiling that is measured in turns with it,"
    yield "in the same run: absolute figures are this machine's, ratios hold on others. Promises that are not kept are marked."
    yield ""
    yield "Other programs (`bench/peers`) are set up as their documentation describes, with PostgreSQL, a mailbox and gunicorn (a process a"
    yield "core, eight threads each), and run alone. They send their e-mail before they answer. Roundup mails no anonymous person, so its"
    yield "requester is logged in."
    yield ""
    yield f"Measured on {datetime.now(UTC):%Y-%m-%d}: {machine()}."
    yield ""
    yield "| figure | measured | promised | | in the same run |"
    yield "| --- | ---: | ---: | --- | --- |"
    for row in rows:
        outcome = row.outcome if row.kept else f"**{row.outcome}**"
        yield f"| {row.what} | {row.shown} {row.unit} | {row.promised} | {outcome} | {row.against} |"
    short = [row for row in rows if not row.kept]
    if short:
        yield from ("", "## What is not kept, and why", "")
        for row in short:
            yield f"* **{row.what}**: {row.shown} {row.unit} of {row.promised}. {row.why}".rstrip()
    for name, title, *_ in _PLOTS:
        if any(point.plot == name for row in rows for point in row.points):
            yield from ("", f"## {title}", "", f"![{title}](../pictures/{name}.svg)")
