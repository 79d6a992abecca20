"""Periods of the daily reports."""

from datetime import date

import pytest

from services.triage.reports.daily.period import Period, period, presets
from shared.errors import Unprocessable

TODAY = date(2026, 11, 30)


def test_the_default_is_thirty_days_with_today() -> None:
    assert period(TODAY, None, None) == Period(date(2026, 11, 1), TODAY)
    assert period(TODAY, None, date(2026, 1, 30)) == Period(date(2026, 1, 1), date(2026, 1, 30))


def test_the_periods_before_and_after_are_as_long() -> None:
    week = Period(date(2026, 11, 2), date(2026, 11, 8))
    assert week.before == Period(date(2026, 10, 26), date(2026, 11, 1))
    assert week.before.after == week
    assert len(week.days) == len(week.before.days) == 7


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 11, 2), date(2026, 11, 1), "to"),
        (date(2025, 11, 29), TODAY, "from"),
        (date(1, 1, 1), date(1, 1, 2), "from"),
        (None, date.max, "to"),
    ],
)
def test_impossible_periods_are_refused(first: date | None, last: date | None, field: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        period(TODAY, first, last)
    assert field in refused.value.errors


def test_the_longest_period_is_a_leap_year() -> None:
    assert len(period(TODAY, date(2025, 11, 30), TODAY).days) == 366


def test_presets() -> None:
    assert presets(date(2026, 3, 1)) == {
        "Yesterday": Period(date(2026, 2, 28), date(2026, 2, 28)),
        "Last 7 days": Period(date(2026, 2, 23), date(2026, 3, 1)),
        "Last 30 days": Period(date(2026, 1, 31), date(2026, 3, 1)),
        "This month": Period(date(2026, 3, 1), date(2026, 3, 1)),
    }
