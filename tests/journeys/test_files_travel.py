"""An agent's files reach the requester's mailbox; one that cannot be checked stops the e-mail."""

import uuid
from io import BytesIO
from typing import Any

import requests
from PIL import Image

from tests.journeys.walking import bearer, mails, one_mail, ticket
from tests.polling import eventually
from tests.samples import files

Stack = dict[str, Any]


def submitted(stack: Stack) -> tuple[str, str]:
    """A routed ticket whose acknowledgement has come; its reference, and its requester's address."""
    address = f"{uuid.uuid4().hex[:12]}@example.org"
    submission = {"category": "account/login", "email": address, "message": "I cannot log in."}
    reference = requests.post(f"{stack['intake_url']}/v1/tickets", json=submission, timeout=10).json()["reference"]
    ticket(stack, reference)
    one_mail(stack, address)
    return reference, address


def upload(stack: Stack, name: str, body: bytes) -> str:
    answer = requests.post(
        f"{stack['triage_url']}/v1/uploads",
        files={"attachment": (name, body)},
        headers=bearer(stack, "account"),
        timeout=30,
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def reply(stack: Stack, reference: str, uploads: list[str]) -> None:
    answer = requests.post(
        f"{stack['triage_url']}/v1/tickets/{reference}/replies",
        json={"message": "See the picture.", "attachments": uploads},
        headers=bearer(stack, "account"),
        timeout=30,
    )
    assert (answer.status_code, answer.json()["state"]) == (201, "waiting")


def test_an_agents_files_reach_the_mailbox(stack: Stack) -> None:
    reference, address = submitted(stack)
    uploads = [upload(stack, "Skärmbild å.jpg", files.jpeg_with_location()), upload(stack, "plan.pdf", files.PDF)]
    reply(stack, reference, uploads)

    def answered() -> list[Any]:
        return mails(stack, address)[1:]

    [mail] = eventually(answered)
    picture, plan = mail.iter_attachments()
    assert (picture.get_filename(), plan.get_filename()) == ("Skärmbild å.jpg", "plan.pdf")
    assert plan.get_content() == files.PDF
    assert b"Secret Camera" not in picture.get_content()
    with Image.open(BytesIO(picture.get_content())) as image:
        assert image.size == (40, 60), "re-encoded, and rotated as its metadata told"
    assert [file["state"] for file in ticket(stack, reference)["attachments"]] == ["clean", "not_scanned"]
    body = mail.get_body(("plain",))
    assert body is not None
    assert "* plan.pdf" in body.get_content()


def test_a_file_that_cannot_be_checked_stops_the_email(stack: Stack) -> None:
    reference, address = submitted(stack)
    reply(stack, reference, [upload(stack, "a.png", files.large_and_broken()), upload(stack, "plan.pdf", files.PDF)])

    def stopped() -> dict[str, Any] | None:
        shown = ticket(stack, reference)
        return shown if shown["timeline"][-1]["kind"] == "message_stopped" else None

    shown = eventually(stopped)
    assert shown is not None
    assert shown["state"] == "open"
    second, other = submitted(stack)
    reply(stack, second, [])
    eventually(lambda: mails(stack, other)[1:])
    assert len(mails(stack, address)) == 1, "an answer given later has come, this one has not"
