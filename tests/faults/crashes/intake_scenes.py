"""Scenes at intake: notes, files, mails, and what is swept."""

from collections.abc import Sequence
from typing import Any

from services.intake.attachments.check import check_file
from services.intake.attachments.staged import stage_file
from services.intake.help_funnel.count_steps import Taken, count_steps
from services.intake.submissions.direct_connections import DirectConnections
from services.intake.submissions.submission import Sender, Upload
from services.intake.submissions.submit_ticket import submit_ticket
from services.intake.submissions.validate import read_note
from shared.catalog.loader import load
from shared.storage.object_store import new_object_name
from shared.ticket_keys import ticket_key
from tests.faults.crashes.scenario import A_WHILE, ORPHAN, Scenario, World
from tests.samples import files, mails

NOTE = {"category": "account/login", "email": "ann@example.com", "message": "I cannot log in."}
HTML = {"Accept": "text/html"}
AWAY = {"VIDARE_S3_URL": "http://127.0.0.1:9"}
TICKETS = {"VIDARE_MAIL_TICKETS": "account/other"}


def a_ticket(world: World, upload: Upload | None = None, key: str | None = None) -> str:
    """A note that was accepted; its reference."""
    note = read_note(load(), NOTE, [upload] if upload else [])
    sender = Sender("192.0.2.1", "c", idempotency_key=key)
    return submit_ticket(DirectConnections(world.engine), world.store, load(), note, sender).reference


def a_note(world: World) -> Sequence[Any]:
    return "intake", "/v1/tickets", NOTE, {"Idempotency-Key": "k"}, True


def a_follow_up(world: World) -> Sequence[Any]:
    reference = a_ticket(world)
    key = ticket_key(world.environment["VIDARE_SECRET"], reference, 1)
    return (
        "intake",
        f"/v1/tickets/{reference}/follow-ups",
        {"message": "More."},
        {"Authorization": f"Bearer {key}"},
        True,
    )


def a_form_with_a_fault(world: World) -> Sequence[Any]:
    return "intake", "/help/account/login/note", {"email": "", "message": "x"}, HTML, True


def a_removal(world: World) -> Sequence[Any]:
    staged = stage_file(world.engine, world.store, check_file("a.png", files.png()), "192.0.2.1")
    return "intake", "/help/account/login/note", {"kept_file": staged.token, "remove_file": "1"}, HTML, False


def expired_uploads(world: World) -> Sequence[Any]:
    for _ in range(2):
        stage_file(world.engine, world.store, check_file("a.png", files.png()), "192.0.2.1")
    world.let_time_pass()
    return ("intake.sweep_staged",)


def orphans(world: World) -> Sequence[Any]:
    for _ in range(2):
        world.put_long_ago(new_object_name("attachments"))
    return ("intake.sweep_files",)


def a_picture(world: World) -> Sequence[Any]:
    a_ticket(world, Upload("a.jpg", files.jpeg_with_place()))
    return ("intake.clean_attachments",)


def expired_keys(world: World) -> Sequence[Any]:
    a_ticket(world, key="k")
    world.sql("update intake.idempotency set expires_at = now() - interval '1 second'")
    return ("intake.forget_expired",)


def counted_steps(world: World) -> Sequence[Any]:
    with world.engine.begin() as connection:
        count_steps(connection, [Taken("shown", "account/login", "192.0.2.1", "browser")])
    return ("intake.tell_counts",)


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


def a_mail_that_makes_no_note(world: World) -> Sequence[Any]:
    _mail(world, mails.plain(), "unknown")
    return (next(one.path for one in load().categories.values() if any(field.required for field in one.fields)),)


def a_mail_to_nobody(world: World) -> Sequence[Any]:
    return _mail(world, mails.plain(), "unknown")


def sweep_uploads(world: World) -> None:
    world.let_time_pass()
    world.do("tasks", "intake.sweep_staged")


def clean_later(world: World) -> None:
    world.let_time_pass()
    world.do("tasks", "intake.clean_attachments")


def read_later(world: World) -> None:
    world.let_time_pass()
    world.do("tasks", "intake.handle_mails")


SCENARIOS = (
    Scenario(
        "a note with a file",
        (
            "intake.note_recognised",
            "intake.file_checked",
            "intake.file_kept",
            "intake.note_checked",
            "intake.note_accepted",
            "web.unanswered",
        ),
        a_note,
        "post",
        tolerated={"intake.file_kept": ORPHAN, "intake.note_checked": ORPHAN},
    ),
    Scenario(
        "a follow-up with a file",
        (
            "intake.file_checked",
            "intake.file_kept",
            "intake.follow_up_written",
            "intake.follow_up_accepted",
            "web.unanswered",
        ),
        a_follow_up,
        "post",
        tolerated=dict.fromkeys(("intake.file_kept", "intake.follow_up_written"), ORPHAN),
    ),
    Scenario(
        "a form that comes back with its file",
        (
            "intake.room_reserved",
            "intake.upload_kept",
            "web.unanswered",
        ),
        a_form_with_a_fault,
        "post",
        afterwards=sweep_uploads,
        tolerated={"intake.room_reserved": A_WHILE, "intake.upload_kept": A_WHILE},
    ),
    Scenario(
        "a form that comes back without its file, since the store is away",
        ("intake.room_given_back",),
        a_form_with_a_fault,
        "post",
        settings=AWAY,
        afterwards=sweep_uploads,
        traceless=True,
    ),
    Scenario(
        "a file taken back",
        ("intake.upload_removed", "intake.upload_deleted"),
        a_removal,
        "post",
        tolerated={"intake.upload_removed": ORPHAN},
    ),
    Scenario(
        "files whose hour is over",
        ("intake.uploads_expired", "intake.expired_deleted"),
        expired_uploads,
        "tasks",
        tolerated={"intake.uploads_expired": ORPHAN, "intake.expired_deleted": ORPHAN},
    ),
    Scenario("files that no row names", ("store.orphan_deleted",), orphans, "tasks"),
    Scenario(
        "a picture to re-encode",
        (
            "intake.file_taken",
            "intake.picture_replaced",
            "intake.verdict_written",
            "intake.file_settled",
        ),
        a_picture,
        "tasks",
    ),
    Scenario(
        "a picture while the store is away",
        ("intake.file_put_off",),
        a_picture,
        "tasks",
        settings=AWAY,
        afterwards=clean_later,
    ),
    Scenario("expired keys", ("intake.claims_forgotten",), expired_keys, "tasks"),
    Scenario("a look at a help topic", ("intake.steps_counted",), lambda world: ("account/login",), "count_step"),
    Scenario("steps to tell", ("tick.written", "tick.committed"), counted_steps, "tasks"),
    Scenario(
        "a reply by mail, with a file",
        (
            "intake.mail_taken",
            "intake.file_checked",
            "intake.file_kept",
            "intake.reply_files_kept",
            "intake.reply_written",
            "intake.reply_settled",
        ),
        a_reply,
        "tasks",
        tolerated=dict.fromkeys(("intake.file_kept", "intake.reply_files_kept", "intake.reply_written"), ORPHAN),
    ),
    Scenario(
        "a mail that cannot be read",
        ("intake.unreadable_written", "intake.unreadable_settled"),
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
            "intake.mail_taken",
            "intake.copies_looked_for",
            "intake.file_kept",
            "intake.note_accepted",
            "intake.mail_submitted",
            "intake.further_files_kept",
            "intake.opening_written",
            "intake.opening_settled",
        ),
        a_mail_that_opens,
        "tasks",
        settings=TICKETS,
        tolerated=dict.fromkeys(("intake.file_kept", "intake.further_files_kept", "intake.opening_written"), ORPHAN),
    ),
    Scenario(
        "a mail that makes no note",
        ("intake.mail_parked",),
        a_mail_that_makes_no_note,
        "read_mails",
    ),
    Scenario(
        "a mail to nobody",
        ("intake.turning_away_written", "intake.turned_away"),
        a_mail_to_nobody,
        "tasks",
    ),
)
