"""docs/operate/scale.md counts with what was measured, and its figures are there."""

import os

from bench.row import Row
from bench.scale_page import BEGIN, END, PAGE, table


def test_what_one_note_costs_times_as_many_as_there_would_be() -> None:
    cores = os.cpu_count() or 1
    rows = [
        Row("intake beside a bare one", 0.8, "x", part="intake, without a file", per_second=700.0 * cores),
        Row("not counted with", 3.0, "/s"),
        Row("log", 20.0, "KiB", part="PostgreSQL: write-ahead log"),
    ]
    lines = list(table(rows))
    assert f"| intake, without a file | {700 * cores:,} a second | 5 cores |" in lines
    assert "| PostgreSQL: write-ahead log | 20.0 KiB a note | 72 MB/s; 2.0 TB a day |" in lines
    assert not any("not counted" in line for line in lines)


def test_the_page_holds_its_figures() -> None:
    _, _, rest = PAGE.read_text().partition(BEGIN)
    figures, _, _ = rest.partition(END)
    assert "a second | " in figures
    assert "TB a day" in figures
