"""How long a requester waited for us."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.reports.waiting_time import Moment, waited_for_us
from services.triage.rules.document.model import Calendar
from services.triage.rules.engine.deadline import open_seconds, respond_by

# A Monday; Stockholm is one hour ahead of UTC.
START = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEW_YORK = Calendar("America/New_York", dict.fromkeys(range(5), (time(9), time(17))), "US")
OFFICE = Calendar("Europe/Stockholm", dict.fromkeys(range(5), (time(9), time(17))), "SE")


def _waited(until: datetime, *lines: tuple[float, str, dict[str, Any]], calendar: Calendar | None = None) -> float:
    moments = [Moment(START + hours * HOUR, kind, facts) for hours, kind, facts in lines]
    return waited_for_us(START, until, moments, {"ads": calendar}).seconds / 3600


def _two_teams(until: float, *lines: tuple[float, str, dict[str, Any]]) -> tuple[float, str | None]:
    """Hours and team; ads has office hours in Stockholm, billing in New York."""
    routed = Moment(START, "routed", {"team": "ads", "state": "open", "priority": "normal"})
    moments = [routed, *(Moment(START + hours * HOUR, kind, facts) for hours, kind, facts in lines)]
    waited = waited_for_us(START, START + until * HOUR, moments, {"ads": OFFICE, "billing": NEW_YORK})
    return waited.seconds / 3600, waited.team


def test_without_a_pause_all_time_counts() -> None:
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
def test_time_in_which_we_wait_for_the_requester_does_not_count(stops: str, facts: dict[str, Any], starts: str) -> None:
    assert _waited(START + 10 * HOUR, (1, stops, facts), (8, starts, {})) == 3


def test_an_answer_that_keeps_the_claim_does_not_stop_the_clock() -> None:
    assert _waited(START + 4 * HOUR, (1, "replied", {"then": "keep"})) == 4


def test_nights_weekends_and_holidays_do_not_count() -> None:
    friday_16 = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    monday_10 = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert open_seconds(friday_16, monday_10, OFFICE) == 2 * 3600
    christmas = datetime(2026, 12, 25, 8, 0, tzinfo=UTC)
    assert open_seconds(christmas, christmas + 8 * HOUR, OFFICE) == 0
    assert open_seconds(friday_16, monday_10, OFFICE, urgent=True) == 66 * 3600
    assert open_seconds(monday_10, friday_16, OFFICE) == 0


def test_time_counts_by_the_calendar_of_the_team_that_has_the_ticket() -> None:
    # 9:00 in Stockholm, moved at 15:00 (9:00 in New York), answered at 18:00 (12:00 in New York).
    moved = {"from": "ads", "to": "billing"}
    assert _two_teams(9, (6, "transferred", moved)) == (6 + 3, "billing")
    # Transferred at 10:00: New York opens at 15:00.
    assert _two_teams(9, (1, "transferred", moved)) == (1 + 3, "billing")
    # Transferred back at 17:00, when Stockholm closes: no more time counts that day.
    back = {"from": "billing", "to": "ads"}
    assert _two_teams(12, (1, "transferred", moved), (8, "transferred", back)) == (1 + 2, "ads")
    assert _two_teams(5, (6, "transferred", moved)) == (5, "ads")


def test_a_transfer_while_we_wait_for_the_requester_starts_the_clock() -> None:
    lines = [(1, "replied", {"then": "wait"}), (7, "transferred", {"from": "ads", "to": "billing"})]
    assert _two_teams(9, *lines) == (1 + 2, "billing")


@pytest.mark.parametrize(
    ("kind", "facts"), [("breached", {"from": "high", "to": "urgent"}), ("changed", {"priority": ["low", "urgent"]})]
)
def test_an_urgent_ticket_counts_around_the_clock_from_then_on(kind: str, facts: dict[str, Any]) -> None:
    assert _two_teams(24, (4, kind, facts)) == (24, "ads")  # noon is in office hours: all of it counts
    assert _two_teams(24, (20, kind, facts)) == (8 + 4, "ads")  # from four in the morning


def test_a_ticket_that_is_no_longer_urgent_counts_working_hours_again() -> None:
    lines = [(4, "changed", {"priority": ["low", "urgent"]}), (10, "changed", {"priority": ["urgent", "normal"]})]
    assert _two_teams(20, *lines) == (10, "ads")


def test_days_with_a_clock_change_have_23_or_25_hours() -> None:
    around = Calendar("Europe/Stockholm", dict.fromkeys(range(7), (time(0), time(0))))
    for day, hours in ((datetime(2026, 3, 29), 23), (datetime(2026, 10, 25), 25)):
        midnight = day.replace(tzinfo=ZoneInfo("Europe/Stockholm"))
        assert open_seconds(midnight, midnight + timedelta(days=1), around) == hours * 3600
    assert open_seconds(START, START + 7 * 24 * HOUR, around) == 7 * 24 * 3600


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    hours=st.integers(1, 200),
)
def test_deadlines_and_waiting_times_agree(start: datetime, hours: int) -> None:
    due = respond_by(start, f"{hours}h", OFFICE)
    assert due is not None
    assert open_seconds(start, due, OFFICE) == pytest.approx(hours * 3600)
