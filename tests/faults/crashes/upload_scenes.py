"""Scenes in triage with files of an agent's own."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from services.triage.idempotency import Request
from services.triage.uploads.upload_file import upload_file
from shared.auth.tokens import make_token
from shared.auth.users import find_user, make_user
from shared.storage.object_store import new_object_name
from tests.faults.crashes.scenario import ORPHAN, Scenario, World
from tests.integration.triage.conftest import Triage
from tests.samples import files


class Writer:
    """An agent of ads, with a token."""

    def __init__(self, world: World) -> None:
        self.world = world
        email = f"{uuid4().hex}@example.com"
        with world.engine.begin() as connection:
            user = make_user(connection, email, "Ada", "agent", ["ads"])
            self.headers = {"Authorization": f"Bearer {make_token(connection, user, 'test', None)}"}
            identity = find_user(connection, email).id
        self.request = Request(identity, "POST /v1/uploads", None, {})

    def upload(self, name: str, body: bytes) -> str:
        return str(upload_file(self.world.engine, self.world.store, self.request, name, body).upload.id)

    def answer(self, uploads: Sequence[str]) -> Mapping[str, Any]:
        """A reply with these files to a new ticket; what the API answered."""
        reference = Triage(self.world.engine).submit("ads/metrics")
        reply = {"message": "As in the file.", "attachments": list(uploads)}
        path = f"/v1/tickets/{reference}/replies"
        answer: Mapping[str, Any] = self.world.do("post", "triage", path, reply, self.headers, False)
        assert answer["status"] == 201
        return answer


def messages_with_checked_files(world: World) -> None:
    """Three answers: two whose file may be sent, and one whose file is in quarantine."""
    writer = Writer(world)
    for body in (files.PDF, files.PDF, files.large_and_broken()):
        writer.answer([writer.upload("a.pdf" if body == files.PDF else "a.png", body)])
    world.do("tasks", "triage.clean_uploads")


def a_file_to_upload(world: World) -> Sequence[Any]:
    return "triage", "/v1/uploads", {}, Writer(world).headers, True


def a_picture_in_an_answer(world: World) -> Sequence[Any]:
    writer = Writer(world)
    writer.answer([writer.upload("a.gif", files.animated_gif())])
    return ("triage.clean_uploads",)


def uploads_of_yesterday(world: World) -> Sequence[Any]:
    writer = Writer(world)
    for _ in range(2):
        writer.upload("a.pdf", files.PDF)
    world.sql("update triage.uploads set created_at = now() - interval '25 hours'")
    return ("triage.delete_uploads",)


def orphans(world: World) -> Sequence[Any]:
    for _ in range(2):
        world.put_long_ago(new_object_name("uploads"))
    return ("triage.sweep_uploads",)


def send_later(world: World) -> None:
    world.do("tasks", "triage.send_checked_messages")


SCENARIOS = (
    Scenario(
        "a file of an agent's own",
        ("triage.upload_stored", "triage.upload_committed", "web.unanswered"),
        a_file_to_upload,
        "post",
        tolerated={"triage.upload_stored": ORPHAN},
    ),
    Scenario(
        "an agent's picture to re-encode, for which an answer waits",
        (
            "files.leased",
            "files.frames_counted",
            "files.picture_replaced",
            "files.outcome_written",
            "files.outcome_committed",
        ),
        a_picture_in_an_answer,
        "tasks",
        afterwards=send_later,
    ),
    Scenario(
        "uploads that nobody used",
        ("triage.uploads_expired", "triage.upload_deleted"),
        uploads_of_yesterday,
        "tasks",
        tolerated={"triage.uploads_expired": ORPHAN, "triage.upload_deleted": ORPHAN},
    ),
    Scenario("uploads that no row names", ("store.orphan_deleted",), orphans, "tasks"),
)
