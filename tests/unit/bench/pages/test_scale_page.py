"""The figures of docs/operate/scale.md come from the measured rows."""

import os

from bench.pages.row import Row
from bench.pages.scale_page import BEGIN, END, PAGE, table


def test_table_multiplies_the_cost_of_one_ticket() -> None:
    cores = os.cpu_count() or 1
    rows = [
        Row("intake beside a bare one", 0.8, "x", part="intake, without a file", per_second=700.0 * cores),
        Row("not on the page", 3.0, "/s"),
        Row("log", 20.0, "KiB", part="PostgreSQL: write-ahead log"),
    ]
    lines = list(table(rows))
    assert f"| intake, without a file | {700 * cores:,} a second | 5 cores |" in lines
    assert "| PostgreSQL: write-ahead log | 20.0 KiB a ticket | 72 MB/s; 2.0 TB a day |" in lines
    assert not any("not on the page" in line for line in lines)


def test_page_contains_its_figures() -> None:
    _, _, rest = PAGE.read_text().partition(BEGIN)
    figures, _, _ = rest.partition(END)
    assert "a second | " in figures
    assert "TB a day" in figures
