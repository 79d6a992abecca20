"""Scenes in intake: inbound mails."""

from collections.abc import Sequence
from typing import Any

from shared.catalog.loader import load
from tests.faults.crashes.intake_scenes import AWAY, a_ticket
from tests.faults.crashes.scenario import ORPHAN, Scenario, World
from tests.samples import files, mails

TICKETS = {"VIDARE_MAIL_TICKETS": "account/other"}


def _mail(world: World, content: bytes, kind: str, ticket: str | None = None) -> Sequence[Any]:
    world.store.put("mail/one", content, "message/rfc822")
    world.sql(
        "insert into intake.inbound_mails (object, kind, ticket, size, correlation_id, received_at)"
        " values ('mail/one', :kind, :ticket, 1, 'c', now())",
        kind=kind,
        ticket=ticket,
    )
    return ("intake.handle_mails",)


def a_reply(world: World) -> Sequence[Any]:
    return _mail(world, mails.with_files([("a.png", files.png())]), "reply", a_ticket(world))


def an_unreadable_mail(world: World) -> Sequence[Any]:
    return _mail(world, mails.no_header(), "unreadable", a_ticket(world))


def a_mail_that_opens(world: World) -> Sequence[Any]:
    return _mail(world, mails.with_files([("a.png", files.png()), ("b.pdf", files.PDF)]), "unknown")


def a_mail_that_makes_no_submission(world: World) -> Sequence[Any]:
    _mail(world, mails.plain(), "unknown")
    return (next(one.path for one in load().categories.values() if any(field.required for field in one.fields)),)


def a_mail_to_nobody(world: World) -> Sequence[Any]:
    return _mail(world, mails.plain(), "unknown")


def read_later(world: World) -> None:
    world.let_time_pass()
    world.do("tasks", "intake.handle_mails")


SCENARIOS = (
    Scenario(
        "a reply by mail, with a file",
        (
            "intake.mail_leased",
            "intake.file_checked",
            "intake.file_stored",
            "intake.reply_files_stored",
            "intake.reply_written",
            "intake.reply_committed",
        ),
        a_reply,
        "tasks",
        tolerated=dict.fromkeys(("intake.file_stored", "intake.reply_files_stored", "intake.reply_written"), ORPHAN),
    ),
    Scenario(
        "a mail that cannot be read",
        ("intake.unreadable_written", "intake.unreadable_committed"),
        an_unreadable_mail,
        "tasks",
    ),
    Scenario(
        "a reply while the store is away",
        ("intake.mail_put_off",),
        a_reply,
        "tasks",
        settings=AWAY,
        afterwards=read_later,
    ),
    Scenario(
        "a mail that opens a ticket, with two files",
        (
            "intake.mail_leased",
            "intake.copies_looked_for",
            "intake.file_stored",
            "intake.submission_accepted",
            "intake.mail_submitted",
            "intake.further_files_stored",
            "intake.opening_written",
            "intake.opening_committed",
        ),
        a_mail_that_opens,
        "tasks",
        settings=TICKETS,
        tolerated=dict.fromkeys(
            ("intake.file_stored", "intake.further_files_stored", "intake.opening_written"), ORPHAN
        ),
    ),
    Scenario(
        "a mail that makes no submission",
        ("intake.mail_parked",),
        a_mail_that_makes_no_submission,
        "read_mails",
    ),
    Scenario(
        "a mail to nobody",
        ("intake.rejection_written", "intake.rejection_committed"),
        a_mail_to_nobody,
        "tasks",
    ),
)
