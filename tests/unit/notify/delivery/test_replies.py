"""The outcome of each class of reply for an e-mail."""

from uuid import uuid4

import pytest

from services.notify.delivery.lease import LeasedEmail
from services.notify.delivery.replies import outcome_of, retry_minutes
from services.notify.delivery.smtp_errors import Deferred, Lost, Misconfigured, Outage, Refused, SmtpError


def an_email(*, attempts: int = 0, was_deferred: bool = False, overdue: bool = False) -> LeasedEmail:
    return LeasedEmail(
        uuid4(),
        1,
        None,
        "reply",
        "c",
        uuid4(),
        "a@b.se",
        "",
        "",
        {},
        "bounce@b.se",
        None,
        None,
        None,
        attempts,
        was_deferred,
        overdue,
        None,
        0.0,
    )


@pytest.mark.parametrize(
    ("error", "state", "counted", "opens_breaker"),
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
def test_each_kind_of_error(error: SmtpError, state: str, counted: bool, opens_breaker: str | None) -> None:
    outcome = outcome_of(an_email(), error)
    assert (outcome.state, outcome.counted, outcome.opens_breaker) == (state, counted, opens_breaker)


@pytest.mark.parametrize("words", ["5.1.1 No such user here", "User unknown", "5.1.10 recipient not found"])
def test_a_recipient_that_does_not_exist_is_suppressed(words: str) -> None:
    assert outcome_of(an_email(), Refused("RCPT", words, 550)).suppresses
    assert not outcome_of(an_email(), Refused("DATA", words, 550)).suppresses


@pytest.mark.parametrize(
    "words", ["x", "5.7.1 blocked", "5.2.2 mailbox full", "5.1.8 sender unknown", "5.2.1 account disabled"]
)
def test_another_reason_suppresses_nobody(words: str) -> None:
    assert not outcome_of(an_email(), Refused("RCPT", words, 550)).suppresses


def test_an_outage_leaves_a_deferred_mail_deferred() -> None:
    assert outcome_of(an_email(was_deferred=True), Outage("connect", "refused")).state == "deferred"


def test_waiting_grows_to_an_hour_and_stays_there() -> None:
    assert [retry_minutes(attempts) for attempts in range(7)] == [1, 5, 15, 30, 60, 60, 60]
    assert outcome_of(an_email(attempts=2), Deferred("RCPT", "x", 450)).wait == 15 * 60


@pytest.mark.parametrize("error", [Deferred("RCPT", "later", 450), Lost("DATA", "closed", silent=False)])
def test_after_four_days_it_fails(error: SmtpError) -> None:
    outcome = outcome_of(an_email(attempts=90, was_deferred=True, overdue=True), error)
    assert outcome.state == "failed"
    assert (outcome.because or "").startswith("given up after 4 days")
