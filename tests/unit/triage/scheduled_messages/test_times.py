"""When a message can be sent later."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services.triage.scheduled_messages.times import chosen_time, offered_times
from shared.errors import Unprocessable

STOCKHOLM = ZoneInfo("Europe/Stockholm")
# A Wednesday; 23:30 in Stockholm.
NOW = datetime(2026, 12, 2, 22, 30, tzinfo=UTC)


def test_times_are_those_of_the_zone() -> None:
    assert [(one.value, one.title, one.at.astimezone(UTC)) for one in offered_times(NOW, STOCKHOLM)] == [
        ("hour", "In 1 hour (00:30)", datetime(2026, 12, 2, 23, 30, tzinfo=UTC)),
        ("tomorrow", "Tomorrow, 09:00", datetime(2026, 12, 3, 8, tzinfo=UTC)),
        ("monday", "Monday, 09:00", datetime(2026, 12, 7, 8, tzinfo=UTC)),
    ]


def test_monday_is_left_out_on_sunday_and_a_week_away_on_monday() -> None:
    sunday, monday = datetime(2026, 12, 6, 12, tzinfo=UTC), datetime(2026, 12, 7, 7, tzinfo=UTC)
    assert [one.value for one in offered_times(sunday, STOCKHOLM)] == ["hour", "tomorrow"]
    assert offered_times(monday, STOCKHOLM)[2].at == datetime(2026, 12, 14, 8, tzinfo=UTC)


def test_nine_is_nine_after_the_clocks_change() -> None:
    saturday = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert offered_times(saturday, STOCKHOLM)[1].at.astimezone(UTC) == datetime(2026, 10, 25, 8, tzinfo=UTC)


def test_a_date_and_time_is_local() -> None:
    assert chosen_time("at", "2026-12-24T15:00", NOW, STOCKHOLM) == datetime(2026, 12, 24, 14, tzinfo=UTC)
    assert chosen_time("monday", "", NOW, STOCKHOLM) == datetime(2026, 12, 7, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("choice", "at", "field"),
    [
        ("at", "", "later_at"),
        ("at", "tomorrow", "later_at"),
        ("at", "2026-12-02T23:30", "later_at"),
        ("at", "0001-01-01T00:00", "later_at"),
        ("at", "2027-12-03T00:00", "later_at"),
        ("at", "9999-12-31T23:59", "later_at"),
        ("never", "", "later"),
    ],
)
def test_what_is_no_time_is_named(choice: str, at: str, field: str) -> None:
    with pytest.raises(Unprocessable) as error:
        chosen_time(choice, at, NOW, STOCKHOLM)
    assert list(error.value.errors) == [field]
