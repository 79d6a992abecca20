"""The checker of `make chaos` finds each kind of broken promise."""

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest

from bench.chaos.arrived import Arrived
from bench.chaos.checker import Findings, check
from bench.chaos.client import Promise, Rejection
from bench.chaos.running_stack import RunningStack
from bench.chaos.submissions import Submission

ADDRESS, OTHER = "one@chaos.example", "two@chaos.example"
SUBMISSION = Submission(1, "keyed", "account/other", ADDRESS, "please help", None)
PROMISE = Promise(SUBMISSION, "T-1", 0.0, 1)
COMPLETE = Arrived(
    submissions={"T-1": ADDRESS},
    tickets={"T-1": (ADDRESS, "please help")},
    files={},
    acknowledgements={"T-1": 1},
    events={("T-1", "TicketSubmitted"): 1, ("T-1", "TicketRouted"): 1},
)


class Quiet:
    """The part of a stack that the checker uses, when no submission has a file."""

    def __init__(self, maildir: Path) -> None:
        self.told: dict[str, Any] = {"maildir": str(maildir)}

    def store(self) -> None:
        return None


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for part in ("new", "cur"):
        (tmp_path / part).mkdir()
    return tmp_path


def deliver(maildir: Path, message_id: str, address: str = ADDRESS) -> None:
    mail = EmailMessage()
    mail["X-RcptTo"], mail["Message-ID"] = address, message_id
    (maildir / "new" / str(len(list((maildir / "new").iterdir())))).write_bytes(mail.as_bytes())


def found(maildir: Path, arrived: Arrived, *rejections: Rejection) -> Findings:
    return check(cast(RunningStack, Quiet(maildir)), arrived, [PROMISE], rejections)


def test_kept_promise(maildir: Path) -> None:
    deliver(maildir, "<a@x>")
    assert found(maildir, COMPLETE) == Findings(accepted=1)
    assert found(maildir, COMPLETE).kept


@pytest.mark.parametrize(
    "arrived",
    [
        replace(COMPLETE, submissions={"T-1": OTHER}),
        replace(COMPLETE, tickets={}),
        replace(COMPLETE, tickets={"T-1": (ADDRESS, "something else")}),
        replace(COMPLETE, submissions={"T-1": ADDRESS, "T-2": OTHER}),
    ],
    ids=["not accepted", "in no queue", "message changed", "another, accepted but never routed"],
)
def test_lost(maildir: Path, arrived: Arrived) -> None:
    deliver(maildir, "<a@x>")
    deliver(maildir, "<b@x>", OTHER)
    assert found(maildir, arrived).lost
    assert not found(maildir, arrived).kept


@pytest.mark.parametrize(
    "arrived",
    [
        replace(COMPLETE, submissions={"T-1": ADDRESS, "T-2": ADDRESS}),
        replace(COMPLETE, tickets={**COMPLETE.tickets, "T-2": (ADDRESS, "please help")}),
        replace(COMPLETE, events={("T-1", "TicketRouted"): 2}),
    ],
    ids=["in intake", "in triage", "routed twice"],
)
def test_doubled(maildir: Path, arrived: Arrived) -> None:
    deliver(maildir, "<a@x>")
    assert found(maildir, arrived).doubled
    assert not found(maildir, arrived).kept


def test_missing_mail(maildir: Path) -> None:
    assert found(maildir, COMPLETE).mails_missing
    assert not found(maildir, COMPLETE).kept


def test_second_mail_breaks_the_promise_and_repeated_one_is_counted(maildir: Path) -> None:
    deliver(maildir, "<a@x>")
    deliver(maildir, "<a@x>")
    repeated = found(maildir, COMPLETE)
    assert (repeated.mails_doubled, repeated.kept) == (1, True)
    deliver(maildir, "<b@x>")
    assert found(maildir, COMPLETE).mails_apart
    assert not found(maildir, COMPLETE).kept


def test_refused_submission_breaks_the_promise_and_unanswered_one_does_not(maildir: Path) -> None:
    deliver(maildir, "<a@x>")
    assert found(maildir, COMPLETE, Rejection(SUBMISSION, None, "no answer")).kept
    assert not found(maildir, COMPLETE, Rejection(SUBMISSION, 422, "no")).kept


def test_parked_event_breaks_the_promise(maildir: Path) -> None:
    deliver(maildir, "<a@x>")
    assert not found(maildir, replace(COMPLETE, parked=1)).kept
