"""The weeks of a report."""

from datetime import date

import pytest

from services.triage.reports.weeks import weeks
from shared.errors import Unprocessable

SUNDAY, MONDAY = date(2026, 11, 22), date(2026, 11, 16)


def test_weeks_start_on_mondays() -> None:
    assert weeks(SUNDAY, None, None) == (date(2026, 9, 28), MONDAY)
    assert weeks(SUNDAY, date(2026, 11, 17), date(2026, 11, 18)) == (MONDAY, MONDAY)


@pytest.mark.parametrize(("since", "until"), [(SUNDAY, date(2026, 11, 1)), (date(2020, 1, 1), SUNDAY)])
def test_too_many_weeks_and_a_reversed_period_are_rejected(since: date, until: date) -> None:
    with pytest.raises(Unprocessable):
        weeks(SUNDAY, since, until)
