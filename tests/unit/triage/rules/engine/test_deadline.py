"""The deadline of an answer, with calendars, holidays and summer time."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.rules.document.durations import seconds_of
from services.triage.rules.document.model import Calendar
from services.triage.rules.engine.deadline import respond_by

OFFICE = Calendar("Europe/Stockholm", {day: (time(9), time(17)) for day in range(5)}, "SE")
AROUND_THE_CLOCK = Calendar("Europe/Stockholm", {day: (time(0), time(0)) for day in range(7)})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("30m", 1_800), ("8h", 28_800), ("2d", 172_800), ("1d12h", 129_600), ("45s", 45), ("1h30m", 5_400)],
)
def test_durations(written: str, seconds: int) -> None:
    assert seconds_of(written) == seconds


@pytest.mark.parametrize(
    "written", ["", "0h", "8", "h", "-1h", "1.5h", "8 h", "30m1h", "366d", "٣h", 8, None, [], True]
)
def test_what_is_no_duration(written: object) -> None:
    assert seconds_of(written) is None


@pytest.mark.parametrize(
    ("start", "within", "due"),
    [
        ("2026-11-20T10:00+01:00", "2h", "2026-11-20T12:00+01:00"),
        ("2026-11-20T16:00+01:00", "2h", "2026-11-23T10:00+01:00"),  # over a weekend
        ("2026-11-20T20:00+01:00", "8h", "2026-11-23T17:00+01:00"),
        ("2026-11-21T12:00+01:00", "30m", "2026-11-23T09:30+01:00"),
        ("2026-12-24T16:00+01:00", "2h", "2026-12-28T10:00+01:00"),  # Christmas Day is a Friday, and a weekend follows
        ("2026-04-02T16:30+02:00", "1h", "2026-04-07T09:30+02:00"),  # Good Friday to Easter Monday
    ],
)
def test_a_calendar_counts_only_opening_hours(start: str, within: str, due: str) -> None:
    assert respond_by(at(start), within, OFFICE) == at(due)


def test_without_a_calendar_or_when_urgent_the_clock_never_stops() -> None:
    start = at("2026-11-20T20:00+01:00")
    assert respond_by(start, "8h") == start + timedelta(hours=8)
    assert respond_by(start, "8h", OFFICE, urgent=True) == start + timedelta(hours=8)


def test_nothing_sets_a_time() -> None:
    assert respond_by(at("2026-11-20T20:00+01:00"), None, OFFICE) is None


def test_the_short_and_the_long_day_of_summer_time() -> None:
    assert respond_by(at("2026-03-29T00:00+01:00"), "1d", AROUND_THE_CLOCK) == at("2026-03-30T01:00+02:00")
    assert respond_by(at("2026-10-25T00:00+02:00"), "1d", AROUND_THE_CLOCK) == at("2026-10-25T23:00+01:00")


def test_a_calendar_that_never_opens_does_not_hang() -> None:
    start = at("2026-11-20T20:00+01:00")
    assert respond_by(start, "1h", Calendar("UTC", {6: (time(9), time(17))}, "SE")) is not None


@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)), st.integers(1, 3_000))
def test_a_later_ticket_is_never_due_earlier_and_a_due_time_is_in_opening_hours(start: datetime, minutes: int) -> None:
    due = respond_by(start, f"{minutes}m", OFFICE)
    later = respond_by(start + timedelta(minutes=90), f"{minutes}m", OFFICE)
    assert due is not None
    assert later is not None
    assert start < due <= later
