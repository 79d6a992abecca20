"""Until when a ticket is snoozed."""

from datetime import UTC, datetime

import pytest

from services.triage.snoozing.snooze_time import CHOICES, snooze_time
from shared.errors import Unprocessable

# A Friday, 23:30 in Stockholm.
NOW = datetime(2026, 3, 27, 22, 30, tzinfo=UTC)
ZONE = "Europe/Stockholm"


@pytest.mark.parametrize(
    ("given", "until"),
    [
        ("3h", "2026-03-28T01:30:00+00:00"),
        ("tomorrow", "2026-03-28T08:00:00+00:00"),
        ("monday", "2026-03-30T07:00:00+00:00"),  # summer time began in between
        ("week", "2026-04-03T21:30:00+00:00"),
        ("2026-03-29T09:00", "2026-03-29T07:00:00+00:00"),
        ("2026-03-29T09:00:00Z", "2026-03-29T09:00:00+00:00"),
        ("2026-03-29T09:00:00-05:00", "2026-03-29T14:00:00+00:00"),
        ("2027-03-27T22:30:00Z", "2027-03-27T22:30:00+00:00"),
    ],
)
def test_what_stands_for_which_time(given: str, until: str) -> None:
    assert snooze_time(given, NOW, ZONE).isoformat() == until


def test_on_a_monday_the_next_monday_is_meant() -> None:
    assert snooze_time("monday", datetime(2026, 3, 30, 6, tzinfo=UTC), ZONE).date().isoformat() == "2026-04-06"


@pytest.mark.parametrize(
    "given", ["", "soon", "2026-13-01T00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_other_texts_are_refused(given: str) -> None:
    with pytest.raises(Unprocessable):
        snooze_time(given, NOW, ZONE)


@pytest.mark.parametrize("given", ["2026-03-27T22:30:00Z", "2026-03-27T00:00", "2027-03-27T22:30:01Z"])
def test_the_past_and_more_than_a_year_are_refused(given: str) -> None:
    with pytest.raises(Unprocessable) as error:
        snooze_time(given, NOW, ZONE)
    assert list(error.value.errors) == ["until"]


def test_a_year_from_a_leap_day_ends_on_1_march() -> None:
    leap = datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert snooze_time("2029-03-01T12:00:00Z", leap, "UTC") == datetime(2029, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("given", CHOICES)
def test_every_choice_is_in_the_future(given: str) -> None:
    assert snooze_time(given, NOW, "Pacific/Kiritimati") > NOW
