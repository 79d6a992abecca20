"""The checker of `make chaos` sees each kind of broken promise."""

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
INTACT = Arrived(
    submissions={"T-1": ADDRESS},
    tickets={"T-1": (ADDRESS, "please help")},
    files={},
    acknowledgements={"T-1": 1},
    events={("T-1", "TicketSubmitted"): 1, ("T-1", "TicketRouted"): 1},
)


class Quiet:
    """Of a stack what the checker asks for, when no submission has a file."""

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


def test_a_kept_promise(maildir: Path) -> None:
    deliver(maildir, "<a@x>")
    assert found(maildir, INTACT) == Findings(accepted=1)
    assert found(maildir, INTACT).kept


@pytest.mark.parametrize(
    "arrived",
    [
        replace(INTACT, submissions={"T-1": OTHER}),
        replace(INTACT, tickets={}),
        replace(INTACT, tickets={"T-1": (ADDRESS, "something else")}),
        replace(INTACT, submissions={"T-1": ADDRESS, "T-2": OTHER}),
    ],
    ids=["not accepted", "in no queue", "its words changed", "another, accepted but never routed"],
)
def test_lost(maildir: Path, arrived: Arrived) -> None:
    deliver(maildir, "<a@x>")
    deliver(maildir, "<b@x>", OTHER)
    assert found(maildir, arrived).lost
    assert not found(maildir, arrived).kept


@pytest.mark.parametrize(
    "arrived",
    [
        replace(INTACT, submissions={"T-1": ADDRESS, "T-2": ADDRESS}),
        replace(INTACT, tickets={**INTACT.tickets, "T-2": (ADDRESS, "please help")}),
        replace(INTACT, events={("T-1", "TicketRouted"): 2}),
    ],
    ids=["in intake", "in triage", "routed twice"],
)
def test_doubled(maildir: Path, arrived: Arrived) -> None:
    deliver(maildir, "<a@x>")
    assert found(maildir, arrived).doubled
    assert not found(maildir, arrived).kept


def test_a_missing_mail(maildir: Path) -> None:
    assert found(maildir, INTACT).mails_missing
    assert not found(maildir, INTACT).kept


def test_a_second_mail_is_an_error_and_a_repeated_one_is_counted(maildir: Path) -> None:
    deliver(maildir, "<a@x>")
    deliver(maildir, "<a@x>")
    repeated = found(maildir, INTACT)
    assert (repeated.mails_doubled, repeated.kept) == (1, True)
    deliver(maildir, "<b@x>")
    assert found(maildir, INTACT).mails_apart
    assert not found(maildir, INTACT).kept


def test_a_submission_that_was_rejected_and_one_without_an_answer(maildir: Path) -> None:
    deliver(maildir, "<a@x>")
    assert found(maildir, INTACT, Rejection(SUBMISSION, None, "no answer")).kept
    assert not found(maildir, INTACT, Rejection(SUBMISSION, 422, "no")).kept


def test_what_waits_for_a_person(maildir: Path) -> None:
    deliver(maildir, "<a@x>")
    assert not found(maildir, replace(INTACT, parked=1)).kept
