"""Times in words."""

from datetime import UTC, datetime, timedelta

import pytest

from services.triage.console.layout.times import age, ago, full, span, time_left

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(59, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (47 * 3600, "47 h"), (48 * 3600, "2 d")],
)
def test_a_span_is_written_in_its_largest_unit(seconds: int, words: str) -> None:
    assert span(seconds) == words


@pytest.mark.parametrize(
    ("minutes", "words", "mood"),
    [
        (37, "37 min left", "soon"),
        (60, "1 h left", "calm"),
        (0.2, "1 min left", "soon"),
        (-0.2, "1 min late", "late"),
        (-200, "3 h late", "late"),
    ],
)
def test_time_left_has_a_word_and_a_mood(minutes: float, words: str, mood: str) -> None:
    assert time_left(NOW + timedelta(minutes=minutes), NOW) == (words, mood)


def test_no_deadline_has_its_own_words() -> None:
    assert time_left(None, NOW) == ("no deadline", "none")


def test_an_age_in_words() -> None:
    assert (age(NOW, NOW), ago(NOW, NOW)) == ("now", "just now")
    assert ago(NOW - timedelta(hours=2), NOW) == "2 h ago"
    assert ago(NOW + timedelta(seconds=5), NOW) == "just now"
    assert full(NOW) == "Sunday 22 November 2026, 12:00:00 UTC"
