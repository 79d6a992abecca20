"""Scenes in intake: submissions, files, sweeps."""

from collections.abc import Sequence
from typing import Any

from services.intake.attachments.staged import stage_file
from services.intake.help_funnel.count_steps import HelpStep, count_steps
from services.intake.submissions.direct_connections import DirectConnections
from services.intake.submissions.submission import Sender, Upload
from services.intake.submissions.submit_ticket import submit_ticket
from services.intake.submissions.validate import validate_submission
from shared.attachments.check import check_file
from shared.catalog.loader import load
from shared.storage.object_store import new_object_name
from shared.ticket_keys import receipt_key
from tests.faults.crashes.scenario import A_WHILE, ORPHAN, Scenario, World
from tests.samples import files

SUBMISSION = {"category": "account/login", "email": "ann@example.com", "message": "I cannot log in."}
HTML = {"Accept": "text/html"}
AWAY = {"VIDARE_S3_URL": "http://127.0.0.1:9"}


def a_ticket(world: World, upload: Upload | None = None, key: str | None = None) -> str:
    """An accepted submission; returns its reference."""
    submission = validate_submission(load(), SUBMISSION, [upload] if upload else [])
    sender = Sender("192.0.2.1", "c", idempotency_key=key)
    return submit_ticket(DirectConnections(world.engine), world.store, load(), submission, sender).reference


def a_submission(world: World) -> Sequence[Any]:
    return "intake", "/v1/tickets", SUBMISSION, {"Idempotency-Key": "k"}, True


def a_follow_up(world: World) -> Sequence[Any]:
    reference = a_ticket(world)
    key = receipt_key(world.environment["VIDARE_SECRET"], reference, 1)
    return (
        "intake",
        f"/v1/tickets/{reference}/follow-ups",
        {"message": "More."},
        {"Authorization": f"Bearer {key}"},
        True,
    )


def an_invalid_form(world: World) -> Sequence[Any]:
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
    a_ticket(world, Upload("a.gif", files.animated_gif()))
    return ("intake.clean_attachments",)


def expired_keys(world: World) -> Sequence[Any]:
    a_ticket(world, key="k")
    world.sql("update intake.idempotency set expires_at = now() - interval '1 second'")
    return ("intake.forget_expired",)


def counted_steps(world: World) -> Sequence[Any]:
    with world.engine.begin() as connection:
        count_steps(connection, [HelpStep("shown", "account/login", "192.0.2.1", "browser")])
    return ("intake.tell_counts",)


def sweep_uploads(world: World) -> None:
    world.let_time_pass()
    world.do("tasks", "intake.sweep_staged")


def clean_later(world: World) -> None:
    world.let_time_pass()
    world.do("tasks", "intake.clean_attachments")


SCENARIOS = (
    Scenario(
        "a submission with a file",
        (
            "intake.submission_recognised",
            "intake.file_checked",
            "intake.file_stored",
            "intake.submission_checked",
            "intake.submission_accepted",
            "web.unanswered",
        ),
        a_submission,
        "post",
        tolerated={"intake.file_stored": ORPHAN, "intake.submission_checked": ORPHAN},
    ),
    Scenario(
        "a follow-up with a file",
        (
            "intake.file_checked",
            "intake.file_stored",
            "intake.follow_up_written",
            "intake.follow_up_accepted",
            "web.unanswered",
        ),
        a_follow_up,
        "post",
        tolerated=dict.fromkeys(("intake.file_stored", "intake.follow_up_written"), ORPHAN),
    ),
    Scenario(
        "a form that comes back with its file",
        (
            "intake.upload_reserved",
            "intake.upload_stored",
            "web.unanswered",
        ),
        an_invalid_form,
        "post",
        afterwards=sweep_uploads,
        tolerated={"intake.upload_reserved": A_WHILE, "intake.upload_stored": A_WHILE},
    ),
    Scenario(
        "a form that comes back without its file, since the store is away",
        ("intake.upload_cancelled",),
        an_invalid_form,
        "post",
        settings=AWAY,
        afterwards=sweep_uploads,
        traceless=True,
    ),
    Scenario(
        "a file removed again",
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
            "files.leased",
            "files.frames_counted",
            "files.picture_replaced",
            "files.outcome_written",
            "files.outcome_committed",
        ),
        a_picture,
        "tasks",
    ),
    Scenario(
        "a picture while the store is away",
        ("files.put_off",),
        a_picture,
        "tasks",
        settings=AWAY,
        afterwards=clean_later,
    ),
    Scenario("expired keys", ("intake.keys_expired",), expired_keys, "tasks"),
    Scenario("a look at a help topic", ("intake.steps_counted",), lambda world: ("account/login",), "count_step"),
    Scenario("steps to report", ("tick.written", "tick.committed"), counted_steps, "tasks"),
)
