"""What each reply of a server means for an e-mail, and how many acknowledgements an address gets."""

from uuid import uuid4

import pytest

from services.notify.delivery.lease import Taken
from services.notify.delivery.replies import retry_minutes, verdict
from services.notify.delivery.smtp_errors import Deferred, Lost, Misconfigured, Outage, Refused, SmtpError
from services.notify.emails.limits import admit, caps_of


def an_email(*, attempts: int = 0, was_deferred: bool = False, overdue: bool = False) -> Taken:
    return Taken(
        uuid4(),
        1,
        None,
        "reply",
        "c",
        "a@b.se",
        "",
        "",
        {},
        "bounce@b.se",
        None,
        None,
        attempts,
        was_deferred,
        overdue,
        None,
        0.0,
    )


@pytest.mark.parametrize(
    ("error", "state", "counted", "shuts"),
    [
        (Outage("connect", "refused"), "queued", False, "outage"),
        (Outage("RCPT", "busy", 421), "queued", False, "outage"),
        (Misconfigured("MAIL", "relay denied", 550), "queued", False, "misconfigured"),
        (Deferred("RCPT", "greylisted", 450), "deferred", True, None),
        (Refused("RCPT", "no such user", 550), "failed", True, None),
        (Refused("DATA", "spam", 554), "failed", True, None),
        (Lost("DATA", "closed", silent=False), "deferred", True, None),
        (Lost("DATA", "timed out", silent=True), "deferred", True, "outage"),
    ],
)
def test_each_kind_of_error(error: SmtpError, state: str, counted: bool, shuts: str | None) -> None:
    outcome = verdict(an_email(), error)
    assert (outcome.state, outcome.counted, outcome.shuts) == (state, counted, shuts)


def test_only_a_refused_recipient_is_suppressed() -> None:
    assert verdict(an_email(), Refused("RCPT", "x", 550)).refused
    assert not verdict(an_email(), Refused("DATA", "x", 550)).refused


def test_an_outage_leaves_a_deferred_mail_deferred() -> None:
    assert verdict(an_email(was_deferred=True), Outage("connect", "refused")).state == "deferred"


def test_waiting_grows_to_an_hour_and_stays_there() -> None:
    assert [retry_minutes(attempts) for attempts in range(7)] == [1, 5, 15, 30, 60, 60, 60]
    assert verdict(an_email(attempts=2), Deferred("RCPT", "x", 450)).wait == 15 * 60


@pytest.mark.parametrize("error", [Deferred("RCPT", "later", 450), Lost("DATA", "closed", silent=False)])
def test_after_four_days_it_fails(error: SmtpError) -> None:
    outcome = verdict(an_email(attempts=90, was_deferred=True, overdue=True), error)
    assert outcome.state == "failed"
    assert (outcome.because or "").startswith("given up after 4 days")


def test_caps_are_read_in_the_notation_of_limits() -> None:
    assert [(cap.most, cap.seconds) for cap in caps_of("3/hour;10/day")] == [(3, 3600), (10, 86400)]
    assert caps_of("") == ()


def test_those_admitted_count_against_those_behind_them() -> None:
    caps = caps_of("2/hour")
    assert admit(["a", "b", "a", "a"], caps, {"a": [1]}) == [None, None, "2 per 1 hour", "2 per 1 hour"]
    assert admit(["a", "a"], caps, {}) == [None, None]
