"""The figures of docs/operate/scale.md: the measured cost of one ticket, multiplied."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.pages.row import Row

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operate" / "scale.md"
BEGIN, END = "<!-- measured by make bench -->", "<!-- end of what was measured -->"
A_DAY, A_SECOND = 100_000_000, 3_500  # tickets: of a whole day, and in the busiest hour, three times the mean


def write(rows: Sequence[Row]) -> None:
    """Write the figures between the page's two markers. Raises OSError, and ValueError if a marker or a figure is missing."""
    head, begin, rest = PAGE.read_text().partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} lacks its markers")
    PAGE.write_text("\n".join([head + BEGIN, *table(rows), END + tail]))


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Markdown. Raises ValueError if a part was not measured."""
    yield f"| part | measured on {os.cpu_count()} cores | for {A_SECOND:,} a second |"
    yield "| --- | --- | --- |"
    for row in rows:
        if row.part and row.per_second is not None:
            cores = A_SECOND / (row.per_second / (os.cpu_count() or 1))
            yield f"| {row.part} | {row.per_second:,.0f} a second | {cores:,.0f} cores |"
    for row in rows:
        if row.part and row.unit == "KiB":
            stored = row.value * 1024
            daily, rate = stored * A_DAY / 1e12, stored * A_SECOND / 1e6
            yield f"| {row.part} | {row.value:,.1f} KiB a ticket | {rate:,.0f} MB/s; {daily:,.1f} TB a day |"
    yield f"| a photograph of 200 KB in the store | 200 KB | {200_000 * A_DAY / 1e12:,.0f} TB a day if every ticket had one |"
