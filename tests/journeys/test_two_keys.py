"""The two keys of a ticket: whoever gave an address finds nothing of what we wrote to it; the mailbox does."""

import re
import uuid
from email.message import EmailMessage
from typing import Any

import pytest
import requests

from tests.journeys.walking import bearer, mails, one_mail, ticket
from tests.polling import eventually
from tests.samples import files

HTML = {"Accept": "text/html"}
SECRET = "Passphrase-Hortensia"
Stack = dict[str, Any]


def submit(stack: Stack, email: str, **more: Any) -> tuple[str, str]:
    """Reference and receipt's key."""
    data = {"category": "account/login", "email": email, "message": "I cannot log in.", **more}
    upload = {"attachment": ("mine.png", files.png())}
    answer = requests.post(f"{stack['intake_url']}/v1/tickets", data=data, files=upload, timeout=20).json()
    ticket(stack, answer["reference"])
    return answer["reference"], answer["status_url"].partition("key=")[2]


def reply(stack: Stack, reference: str) -> None:
    path = f"{stack['triage_url']}/v1/tickets/{reference}/replies"
    answer = requests.post(path, json={"message": f"It is *{SECRET}*."}, headers=bearer(stack, "account"), timeout=20)
    assert answer.status_code == 201, answer.text


def mailed_key(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(r"key=([a-z2-7]{32})", body.get_content())
    assert found
    return found[1]


def shown(stack: Stack, reference: str, key: str) -> dict[str, Any]:
    address = f"{stack['intake_url']}/v1/tickets/{reference}"
    answer = requests.get(address, headers={"Authorization": f"Bearer {key}"}, timeout=20)
    body: dict[str, Any] = answer.json() if answer.status_code == 200 else {}
    return body


@pytest.fixture
def email() -> str:
    return f"{uuid.uuid4().hex[:12]}@example.org"


def test_a_submitter_with_anothers_address_finds_nothing_of_the_answer(stack: Stack, email: str) -> None:
    intake, triage, notify = stack["intake_url"], stack["triage_url"], stack["notify_url"]
    reference, key = submit(stack, email)
    reply(stack, reference)
    eventually(lambda: len(mails(stack, email)) == 2)
    through_mail = mailed_key(mails(stack, email)[1])
    assert eventually(lambda: len(shown(stack, reference, through_mail).get("conversation", [])) == 2)
    assert SECRET in requests.get(f"{intake}/t/{reference}?key={through_mail}", headers=HTML, timeout=20).text

    token = {"Authorization": f"Bearer {key}"}
    assert shown(stack, reference, key)["status"] == "answered"
    pages = [
        f"{intake}/t/{reference}?key={key}",
        f"{intake}/t/{reference}?key={key}&lang=sv",
        f"{intake}/t/{reference}/mails?key={key}",
        f"{intake}/v1/tickets/{reference}",
        f"{intake}/v1/tickets?q={SECRET}",
        f"{intake}/help?q={SECRET}&key={key}",
        f"{intake}/v1/mails",
        f"{triage}/v1/tickets?q={SECRET}",
        f"{triage}/v1/tickets/{reference}",
        f"{triage}/v1/tickets/{reference}/conversation",
        f"{triage}/v1/live",
        f"{notify}/v1/emails?ticket={reference}",
    ]
    for address in pages:
        for headers in ({**HTML, **token}, token, {}):
            answer = requests.get(address, headers=headers, timeout=20)
            found = answer.text.replace(f"q={SECRET}", "").replace(f'value="{SECRET}"', "")
            assert SECRET not in found or "/help" in address, address
            assert through_mail not in found, address
    for path in ("follow-ups", "withdrawal"):
        answer = requests.post(
            f"{intake}/v1/tickets/{reference}/{path}", json={"message": "m"}, headers=token, timeout=20
        )
        assert SECRET not in answer.text
    mine = shown(stack, reference, key)["conversation"][0]["attachments"][0]["url"]
    assert requests.get(intake + mine, headers=token, timeout=20, allow_redirects=False).status_code == 302


def test_a_confirmed_change_of_address_and_renewed_keys(stack: Stack, email: str) -> None:
    intake = stack["intake_url"]
    new = f"{uuid.uuid4().hex[:12]}@example.org"
    reference, key = submit(stack, email)
    first = mailed_key(one_mail(stack, email))
    requests.post(f"{intake}/t/{reference}/address", data={"key": key, "email": new}, timeout=20).raise_for_status()
    body = one_mail(stack, new).get_body(("plain",))
    assert body is not None
    found = re.search(rf"(\S+/t/{reference}/address/\S+)\?token=(\S+)", body.get_content())
    assert found
    assert requests.get(found[0], headers=HTML, timeout=20).status_code == 200
    assert shown(stack, reference, key)["status"] in ("received", "with_team")
    page = requests.post(found[1], data={"token": found[2]}, headers=HTML, timeout=20)
    assert f"{new[0]}•••@example.org" in page.text
    assert [shown(stack, reference, one) for one in (key, first)] == [{}, {}]
    eventually(lambda: len(mails(stack, email)) == 2)  # the old address is told
    eventually(lambda: ticket(stack, reference)["requester"]["email"] == new)

    renewal = f"{stack['triage_url']}/v1/tickets/{reference}/key-renewal"
    second = page.url.partition("key=")[2].partition("&")[0]
    assert shown(stack, reference, second)["conversation"]
    assert requests.post(renewal, headers=bearer(stack, "account"), timeout=20).status_code == 200
    assert eventually(lambda: not shown(stack, reference, second))
    # Whether or not triage has heard of the renewal: notify has, before it hears of the reply.
    reply(stack, reference)
    eventually(lambda: len(mails(stack, new)) == 2)
    third = mailed_key(mails(stack, new)[1])
    assert [one["kind"] for one in shown(stack, reference, third)["conversation"]] == ["submission", "reply"]
