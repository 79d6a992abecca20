"""A merge from the agent's call to the requester's mailbox and pages, and back; mail to either reply address."""

import re
import smtplib
import uuid
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
import requests

from tests.journeys.test_two_keys import mailed_key, shown
from tests.journeys.walking import bearer, mails, ticket
from tests.polling import eventually

HTML = {"Accept": "text/html"}
OF_OLDER, OF_ANSWER, OF_NEWER = "Rhododendron", "Chrysanthemum", "Delphinium"
Stack = dict[str, Any]


def submit(stack: Stack, email: str, message: str) -> tuple[str, str]:
    """Reference and receipt's key."""
    data = {"category": "account/login", "email": email, "message": message}
    answer = requests.post(f"{stack['intake_url']}/v1/tickets", json=data, timeout=20).json()
    ticket(stack, answer["reference"])
    return answer["reference"], answer["status_url"].partition("key=")[2]


def act(stack: Stack, reference: str, path: str, body: dict[str, Any], status: int = 200) -> Any:
    address = f"{stack['triage_url']}/v1/tickets/{reference}/{path}"
    answer = requests.post(address, json=body, headers=bearer(stack, "account"), timeout=20)
    assert answer.status_code == status, answer.text
    return answer.json()


def mail_to(stack: Stack, sender: str, recipient: str, words: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, recipient, "Re: My question"
    mail["Message-ID"] = f"<{uuid.uuid4().hex}@example.org>"
    mail.set_content(words)
    with smtplib.SMTP(stack["inbound"]["host"], stack["inbound"]["port"], timeout=10) as server:
        server.send_message(mail)


def texts(stack: Stack, reference: str) -> list[tuple[str, str]]:
    return [(entry["reference"], entry["text"]) for entry in ticket(stack, reference)["conversation"]]


@pytest.fixture
def email() -> str:
    return f"{uuid.uuid4().hex[:12]}@example.org"


def routes(stack: Stack, *references: str) -> Iterator[str]:
    """Every page and call that reads, of all three services, for each of these tickets."""
    for service in ("intake_url", "triage_url", "notify_url"):
        document = requests.get(f"{stack[service]}/openapi.json", timeout=20).json()
        for path in (path for path, methods in document["paths"].items() if "get" in methods):
            for reference in references:
                yield stack[service] + re.sub(r"\{\w+\}", uuid.uuid4().hex, path.replace("{reference}", reference))
    for reference in references:
        yield from (f"{stack['intake_url']}/t/{reference}{more}" for more in ("", "/mails", "?lang=sv", "/address/x"))
        yield from (
            f"{stack['triage_url']}{page}{reference}" for page in ("/tickets/", "/search?q=", "/emails?ticket=")
        )


def readable(stack: Stack, key: str, *references: str) -> set[str]:
    """Which of the words and keys of the other ticket anything shows that `key` opens."""
    found = set()
    for address in routes(stack, *references):
        with_key = f"{address}{'&' if '?' in address else '?'}key={key}"
        for url, headers in ((with_key, HTML), (address, {"Authorization": f"Bearer {key}"})):
            answer = requests.get(url, headers=headers, timeout=20, allow_redirects=False)
            found |= {words for words in (OF_OLDER, OF_ANSWER, OF_NEWER) if words in answer.text}
            found |= {other for other in re.findall(r"key=([a-z2-7]{32})", answer.text) if other != key}
    return found


def test_a_merge_and_back(stack: Stack, email: str) -> None:
    older, older_key = submit(stack, email, f"{OF_OLDER}.")
    act(stack, older, "replies", {"message": f"{OF_ANSWER}."}, 201)
    eventually(lambda: len(mails(stack, email)) == 2)
    tagged = email.replace("@", "+tag@")
    newer, newer_key = submit(stack, tagged, f"{OF_NEWER}.")
    acknowledgement = eventually(lambda: mails(stack, tagged))[0]
    through_mail = mailed_key(acknowledgement)
    keys = (newer_key, through_mail)
    before = [readable(stack, key, older, newer) for key in keys]
    assert before == [{OF_NEWER}, {OF_NEWER}]

    answer = act(stack, newer, "merge", {"into": older})
    assert [entry["reference"] for entry in answer["conversation"]] == [older, older, newer]
    assert answer["state"] == "open"
    # One mail: the link of the surviving ticket, to the address of that one.
    third = eventually(lambda: mails(stack, email)[2:])[0]
    body = third.get_body(("plain",))
    assert body is not None
    assert newer in body.get_content()
    assert f"/t/{older}?key=" in body.get_content()
    linked = mailed_key(third)
    both = eventually(lambda: [e for e in shown(stack, older, linked)["conversation"] if e["reference"] == newer])
    assert [entry["text"] for entry in both or ()] == [f"{OF_NEWER}."]
    assert eventually(lambda: shown(stack, newer, newer_key).get("merged_into") == older)
    assert shown(stack, newer, newer_key)["status"] == "resolved"
    page = requests.get(f"{stack['intake_url']}/t/{newer}?key={newer_key}", headers=HTML, timeout=20).text
    assert f"Your note continues under {older}" in page
    assert [readable(stack, key, older, newer) for key in keys] == before
    assert readable(stack, older_key, older, newer) == {OF_OLDER}

    for recipient in (
        str(acknowledgement["Reply-To"]),
        str(third["Reply-To"]),
        str(mails(stack, email)[0]["Reply-To"]),
    ):
        mail_to(stack, tagged, recipient, f"Mail of {uuid.uuid4().hex}.")
    assert eventually(lambda: len(texts(stack, older)) == 6)
    assert sorted(reference for reference, _ in texts(stack, older)[3:]) == sorted([newer, newer, older])

    act(stack, newer, "unmerge", {})
    assert eventually(lambda: "merged_into" not in shown(stack, newer, newer_key))
    assert [reference for reference, _ in texts(stack, newer)] == [newer] * 3
    assert [reference for reference, _ in texts(stack, older)] == [older] * 3
    assert [readable(stack, key, older, newer) for key in keys] == before
    assert len(mails(stack, email)) == 3
    assert len(mails(stack, tagged)) == 1
