"""The limits of automatic e-mails to an address."""

from services.notify.emails.throttle import limits_of, reached_limits


def test_limits_are_read_in_the_notation_of_limits() -> None:
    assert [(limit.most, limit.seconds) for limit in limits_of("3/hour;10/day")] == [(3, 3600), (10, 86400)]
    assert limits_of("") == ()


def test_those_allowed_count_against_those_behind_them() -> None:
    limits = limits_of("2/hour")
    assert reached_limits(["a", "b", "a", "a"], limits, {"a": [1]}) == [None, None, "2 per 1 hour", "2 per 1 hour"]
    assert reached_limits(["a", "a"], limits, {}) == [None, None]
