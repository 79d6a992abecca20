"""Figures in words."""

import pytest

from services.triage.console.reports.daily_words import change, duration, words


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (5_400, "1 h 30 min"),
        (7_201, "2 h"),
        (90_000, "1 d 1 h"),
        (86_460, "1 d"),
    ],
)
def test_durations_have_two_units(seconds: int, expected: str) -> None:
    assert duration(seconds) == expected


def test_words() -> None:
    assert [words(1204), words(None), words(0.256, "share"), words(0, "duration")] == ["1,204", "–", "26 %", "0 s"]


def test_changes() -> None:
    assert [change(5, 2), change(2, 5), change(2, 2), change(None, 2)] == ["3 more", "3 fewer", "the same", ""]
    assert [change(7_200, 3_600, "duration"), change(0.25, 0.5, "share")] == ["1 h longer", "25 points less"]
