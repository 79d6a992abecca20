"""Which weeks a report is about, and what its rows say."""

from datetime import date

import pytest

from services.triage.reports.service_level_rows import as_csv
from services.triage.reports.service_levels import BUCKETS, ServiceLevel, Waiting, summed
from services.triage.reports.weeks import weeks
from shared.errors import Unprocessable

SUNDAY, MONDAY = date(2026, 11, 22), date(2026, 11, 16)


def test_weeks_begin_on_their_mondays() -> None:
    assert weeks(SUNDAY, None, None) == (date(2026, 9, 28), MONDAY)
    assert weeks(SUNDAY, date(2026, 11, 17), date(2026, 11, 18)) == (MONDAY, MONDAY)


@pytest.mark.parametrize(("since", "until"), [(SUNDAY, date(2026, 11, 1)), (date(2020, 1, 1), SUNDAY)])
def test_too_much_and_turned_round_are_told(since: date, until: date) -> None:
    with pytest.raises(Unprocessable):
        weeks(SUNDAY, since, until)


def test_shares_are_read_from_the_buckets() -> None:
    waiting = Waiting()
    assert waiting.percentile(50) is None
    waiting.add(2, 5, 9_000)
    waiting.add(5, 4, 90_000)
    waiting.add(len(BUCKETS), 1, 9_000_000)
    assert (waiting.percentile(50), waiting.percentile(90), waiting.percentile(100)) == (BUCKETS[2], BUCKETS[5], None)


def test_a_sum_is_of_all_its_parts() -> None:
    one, other = (
        ServiceLevel(MONDAY, "ads", "ads/x", {"volume": 2}),
        ServiceLevel(MONDAY, "ads", "ads/y", {"volume": 3, "breached": 1}),
    )
    one.answered.add(1, 1, 900)
    other.answered.add(1, 2, 1_800)
    total = summed([one, other], "ads")
    assert (total.number("volume"), total.number("breached"), total.answered.count, total.answered.buckets[1]) == (
        5,
        1,
        3,
        3,
    )


def test_a_spreadsheet_runs_nothing() -> None:
    lines = as_csv([ServiceLevel(MONDAY, "ads", "=cmd()", {"volume": 2})]).splitlines()
    assert lines[0].startswith("week,team,category,volume,breached,misrouted,help_shown,help_spared,first_answer_count")
    assert lines[1].startswith("2026-11-16,ads,'=cmd(),2,0,0,0,0,0,")
