"""Service levels as CSV."""

import csv
import io
from datetime import date

import pytest

from services.triage.reports.service_level_rows import as_csv
from services.triage.reports.service_levels import HOUR, ServiceLevel

MONDAY = date(2026, 11, 16)


def _rows(*levels: ServiceLevel) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(levels))))


def test_every_figure_has_its_column() -> None:
    level = ServiceLevel(MONDAY, "ads", "ads/metrics", {"volume": 9, "breached": 2, "misrouted": 1, "help_shown": 30})
    level.counts |= {"help_submitted": 9, "help_came_back": 1}
    level.answered.add(4, 3, 9 * HOUR)
    [row] = _rows(level)
    assert row == {
        "week": "2026-11-16",
        "team": "ads",
        "category": "ads/metrics",
        "volume": "9",
        "breached": "2",
        "misrouted": "1",
        "help_shown": "30",
        "help_spared": "20",
        "first_answer_count": "3",
        "first_answer_mean_seconds": str(3 * HOUR),
        "first_answer_half_within_seconds": str(4 * HOUR),
        "first_answer_most_within_seconds": str(4 * HOUR),
        "resolution_count": "0",
        "resolution_mean_seconds": "",
        "resolution_half_within_seconds": "",
        "resolution_most_within_seconds": "",
    }


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(begins: str) -> None:
    """Names of teams and categories are configurable and may be anything."""
    name = f'{begins}HYPERLINK("https://evil.example")'
    [row] = _rows(ServiceLevel(MONDAY, name, name))
    assert row["team"] == row["category"] == f"'{name}"


def test_commas_quotes_and_line_ends_stay_in_their_cells() -> None:
    [row] = _rows(ServiceLevel(MONDAY, 'a"b,c', "d\ne"))
    assert (row["team"], row["category"]) == ('a"b,c', "d\ne")


def test_the_header_names_the_columns_and_a_category_is_no_formula() -> None:
    lines = as_csv([ServiceLevel(MONDAY, "ads", "=cmd()", {"volume": 2})]).splitlines()
    assert lines[0].startswith("week,team,category,volume,breached,misrouted,help_shown,help_spared,first_answer_count")
    assert lines[1].startswith("2026-11-16,ads,'=cmd(),2,0,0,0,0,0,")
