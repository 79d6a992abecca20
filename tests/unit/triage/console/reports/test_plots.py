"""Plots by week."""

import pytest

from services.triage.console.reports.plots import BOTTOM, HEIGHT, TOP, WIDTH, plot_of


def test_bars_stay_inside_and_parts_inside_their_bars() -> None:
    plot = plot_of(["a", "b", "c"], [7, 0, 123], [3, 0, 123])
    for bar in plot.bars:
        assert TOP <= bar.y <= bar.part_y <= HEIGHT - BOTTOM
        assert bar.x + bar.width <= WIDTH
        assert bar.part_height <= bar.height


def test_a_part_larger_than_its_bar_stays_inside_the_plot() -> None:
    plot = plot_of(["a", "b"], [10, 0], [300, 1])
    assert all(TOP <= bar.part_y <= HEIGHT - BOTTOM for bar in plot.bars)


@pytest.mark.parametrize(
    ("most", "unit", "labels"),
    [
        (0, 1, ["0", "1"]),
        (1, 1, ["0", "1"]),
        (4, 1, ["0", "1", "2", "3", "4"]),
        (123, 1, ["0", "50", "100", "150"]),
        (8 * 3600, 3600, ["0", "2", "4", "6", "8"]),
    ],
)
def test_lines_are_round_numbers(most: float, unit: float, labels: list[str]) -> None:
    assert [label for _, label in plot_of(["a"], [most], [0], unit).lines] == labels


def test_without_weeks_there_are_no_bars() -> None:
    assert plot_of([], [], []).bars == []
