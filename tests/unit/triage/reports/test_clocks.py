"""How long a requester waited for us."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.reports.clocks import Moment, waited_for_us
from services.triage.rules.model import Calendar
from services.triage.rules.service_level import open_seconds, respond_by

# A Monday. Stockholm is an hour ahead of UTC then.
START = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = Calendar("Europe/Stockholm", dict.fromkeys(range(5), (time(9), time(17))), "SE")


def _waited(until: datetime, *lines: tuple[float, str, dict[str, Any]], calendar: Calendar | None = None) -> float:
    moments = [Moment(START + hours * HOUR, kind, facts) for hours, kind, facts in lines]
    return waited_for_us(START, until, moments, calendar, urgent=False) / 3600


def test_without_a_pause_all_of_it_counts() -> None:
    assert _waited(START + 3 * HOUR, (0, "routed", {"state": "open"}), (1, "claimed", {})) == 3


@pytest.mark.parametrize(
    ("stops", "facts", "starts"),
    [
        ("replied", {"then": "wait"}, "answered_by_requester"),
        ("information_requested", {}, "answered_by_requester"),
        ("resolved", {"outcome": "solved"}, "reopened"),
        ("routed", {"state": "held"}, "evidence_complete"),
        ("routed", {"state": "held"}, "evidence_overdue"),
    ],
)
def test_while_the_requester_is_to_answer_the_clock_stands_still(
    stops: str, facts: dict[str, Any], starts: str
) -> None:
    assert _waited(START + 10 * HOUR, (1, stops, facts), (8, starts, {})) == 3


def test_an_answer_that_keeps_the_ticket_stops_nothing() -> None:
    assert _waited(START + 4 * HOUR, (1, "replied", {"then": "keep"})) == 4


def test_nights_weekends_and_holidays_are_no_working_hours() -> None:
    friday_16 = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    monday_10 = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert open_seconds(friday_16, monday_10, OFFICE) == 2 * 3600
    christmas = datetime(2026, 12, 25, 8, 0, tzinfo=UTC)
    assert open_seconds(christmas, christmas + 8 * HOUR, OFFICE) == 0
    assert open_seconds(friday_16, monday_10, OFFICE, urgent=True) == 66 * 3600
    assert open_seconds(monday_10, friday_16, OFFICE) == 0


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    hours=st.integers(1, 200),
)
def test_the_clock_that_sets_the_time_and_the_one_that_reads_it_agree(start: datetime, hours: int) -> None:
    due = respond_by(start, f"{hours}h", OFFICE)
    assert due is not None
    assert open_seconds(start, due, OFFICE) == pytest.approx(hours * 3600)
