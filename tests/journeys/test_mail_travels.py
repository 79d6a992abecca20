"""A requester answers our e-mail: the mail and its file reach the ticket."""

import smtplib
import uuid
from email.message import EmailMessage
from typing import Any

import requests

from tests.journeys.walking import mails, one_mail, ticket
from tests.polling import eventually
from tests.samples import files


def test_an_answer_with_a_file_reaches_the_ticket(stack: dict[str, Any]) -> None:
    address = f"{uuid.uuid4().hex[:12]}@example.org"
    submission = {"category": "account/login", "email": address, "message": "I cannot log in."}
    reference = requests.post(f"{stack['intake_url']}/v1/tickets", json=submission, timeout=10).json()["reference"]
    ours = one_mail(stack, address)
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = address, str(ours["Reply-To"]), f"Re: {ours['Subject']}"
    answer["Message-ID"] = f"<{uuid.uuid4().hex}@example.org>"
    answer.set_content("Here is the picture.\n\nOn 23 Nov 2026 Vidare wrote:\n> We have your submission\n")
    answer.add_attachment(files.png(), maintype="image", subtype="png", filename="screen.png")
    answer.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="tool.exe")
    for _ in range(2):  # a server that missed our 250 sends the very same mail again
        with smtplib.SMTP(stack["inbound"]["host"], stack["inbound"]["port"], timeout=10) as server:
            server.send_message(answer)

    def arrived() -> list[dict[str, Any]]:
        return [line for line in ticket(stack, reference)["timeline"] if line["kind"] == "followed_up"]

    [line] = eventually(arrived) or []
    assert line["message"] == "Here is the picture."
    assert line["facts"]["source"] == "email"
    assert [file["name"] for file in line["facts"]["not_taken"]] == ["tool.exe"]
    assert [file["name"] for file in ticket(stack, reference)["attachments"]] == ["screen.png"]


def test_who_writes_to_no_ticket_is_pointed_to_the_form_and_a_machine_is_not(stack: dict[str, Any]) -> None:
    person, machine = (f"{uuid.uuid4().hex[:12]}@example.org" for _ in range(2))
    for address, submitted in ((machine, "auto-replied"), (person, "no")):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = address, f"help@{stack['inbound']['domain']}", "Help"
        mail["Message-ID"], mail["Auto-Submitted"] = f"<{uuid.uuid4().hex}@example.org>", submitted
        mail.set_content("I cannot log in.")
        with smtplib.SMTP(stack["inbound"]["host"], stack["inbound"]["port"], timeout=10) as server:
            server.send_message(mail)
    pointer = one_mail(stack, person)
    body = pointer.get_body(("plain",))
    assert body is not None
    assert f"{stack['intake_url']}/help" in body.get_content()
    assert (pointer["Auto-Submitted"], pointer["X-RcptTo"]) == ("auto-replied", person)
    assert mails(stack, machine) == []
