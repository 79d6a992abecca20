"""The checker of `make chaos` sees each kind of broken promise."""

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest

from bench.chaos.arrived import Arrived
from bench.chaos.checker import Findings, check
from bench.chaos.client import Promise, Refusal
from bench.chaos.notes import Note
from bench.chaos.running_stack import RunningStack

ADDRESS, OTHER = "one@chaos.example", "two@chaos.example"
NOTE = Note(1, "keyed", "account/other", ADDRESS, "please help", None)
PROMISE = Promise(NOTE, "T-1", 0.0, 1)
WELL = Arrived(
    submissions={"T-1": ADDRESS},
    tickets={"T-1": (ADDRESS, "please help")},
    files={},
    acknowledgements={"T-1": 1},
    events={("T-1", "TicketSubmitted"): 1, ("T-1", "TicketRouted"): 1},
)


class Quiet:
    """Of a stack what the checker asks for, when no note has a file."""

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


def found(maildir: Path, arrived: Arrived, *refusals: Refusal) -> Findings:
    return check(cast(RunningStack, Quiet(maildir)), arrived, [PROMISE], refusals)


def test_a_kept_promise(maildir: Path) -> None:
    deliver(maildir, "<a@x>")
    assert found(maildir, WELL) == Findings(accepted=1)
    assert found(maildir, WELL).kept


@pytest.mark.parametrize(
    "arrived",
    [
        replace(WELL, submissions={"T-1": OTHER}),
        replace(WELL, tickets={}),
        replace(WELL, tickets={"T-1": (ADDRESS, "something else")}),
        replace(WELL, submissions={"T-1": ADDRESS, "T-2": OTHER}),
    ],
    ids=["not taken", "in no queue", "its words changed", "another, taken but never routed"],
)
def test_lost(maildir: Path, arrived: Arrived) -> None:
    deliver(maildir, "<a@x>")
    deliver(maildir, "<b@x>", OTHER)
    assert found(maildir, arrived).lost
    assert not found(maildir, arrived).kept


@pytest.mark.parametrize(
    "arrived",
    [
        replace(WELL, submissions={"T-1": ADDRESS, "T-2": ADDRESS}),
        replace(WELL, tickets={**WELL.tickets, "T-2": (ADDRESS, "please help")}),
        replace(WELL, events={("T-1", "TicketRouted"): 2}),
    ],
    ids=["in intake", "in triage", "routed twice"],
)
def test_doubled(maildir: Path, arrived: Arrived) -> None:
    deliver(maildir, "<a@x>")
    assert found(maildir, arrived).doubled
    assert not found(maildir, arrived).kept


def test_a_missing_mail(maildir: Path) -> None:
    assert found(maildir, WELL).mails_missing
    assert not found(maildir, WELL).kept


def test_a_second_mail_is_a_fault_and_a_repeated_one_is_counted(maildir: Path) -> None:
    deliver(maildir, "<a@x>")
    deliver(maildir, "<a@x>")
    repeated = found(maildir, WELL)
    assert (repeated.mails_doubled, repeated.kept) == (1, True)
    deliver(maildir, "<b@x>")
    assert found(maildir, WELL).mails_apart
    assert not found(maildir, WELL).kept


def test_a_note_that_was_refused_and_one_that_nobody_answered(maildir: Path) -> None:
    deliver(maildir, "<a@x>")
    assert found(maildir, WELL, Refusal(NOTE, None, "nobody answered")).kept
    assert not found(maildir, WELL, Refusal(NOTE, 422, "no")).kept


def test_what_waits_for_a_person(maildir: Path) -> None:
    deliver(maildir, "<a@x>")
    assert not found(maildir, replace(WELL, parked=1)).kept
