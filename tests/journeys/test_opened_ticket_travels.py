"""An agent opens a ticket for a caller: the caller gets the acknowledgement, and writes back with others in copy."""

import re
import smtplib
import uuid
from email.message import EmailMessage
from typing import Any

import requests

from tests.journeys.walking import bearer, mails, one_mail, ticket
from tests.polling import eventually


def address() -> str:
    return f"{uuid.uuid4().hex[:12]}@example.org"


def opened(stack: dict[str, Any], email: str, **more: Any) -> str:
    body = {"category": "ads/metrics", "email": email, "message": "My figures are missing.", "source": "phone", **more}
    answer = requests.post(f"{stack['triage_url']}/v1/tickets", json=body, headers=bearer(stack, "ads"), timeout=10)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["reference"])


def send(stack: dict[str, Any], sender: str, to: str, text: str, cc: str = "") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, "Re: my figures"
    mail["Message-ID"] = f"<{uuid.uuid4().hex}@example.org>"
    if cc:
        mail["Cc"] = cc
    mail.set_content(text)
    with smtplib.SMTP(stack["inbound"]["host"], stack["inbound"]["port"], timeout=10) as server:
        server.send_message(mail, to_addrs=[to])


def test_a_caller_has_a_page_and_others_take_part_by_mail(stack: dict[str, Any]) -> None:
    caller, colleague = address(), address()
    reference = opened(stack, caller)
    ours = one_mail(stack, caller)
    body = ours.get_body(("plain",))
    assert body is not None
    found = re.search(r"http\S+/t/\S+\?key=\S+", body.get_content())
    assert found is not None
    page = eventually(lambda: (shown := requests.get(found[0], timeout=10)).status_code == 200 and shown)
    assert page
    assert "My figures are missing." in page.text

    reply_to = str(ours["Reply-To"])
    send(stack, caller, reply_to, "My colleague knows more.", cc=f"Colleague <{colleague}>, {reply_to}")
    proposed = eventually(lambda: ticket(stack, reference).get("proposed_participants"))
    assert proposed == [colleague]
    url = f"{stack['triage_url']}/v1/tickets/{reference}/participants"
    put = requests.put(url, json={"emails": proposed}, headers=bearer(stack, "ads"), timeout=10)
    assert (put.status_code, put.json()["participants"]) == (200, [colleague])

    send(stack, colleague, reply_to, "It is campaign 7.")
    told = eventually(
        lambda: [line for line in ticket(stack, reference)["timeline"] if line["facts"].get("from") == colleague]
    )
    assert [line["message"] for line in told or []] == ["It is campaign 7."]
    url = f"{stack['triage_url']}/v1/tickets/{reference}/replies"
    reply = {"message": "Campaign 7 is fixed."}
    assert requests.post(url, json=reply, headers=bearer(stack, "ads"), timeout=10).status_code == 201
    answer = one_mail(stack, colleague).get_body(("plain",))
    assert answer is not None
    assert "Campaign 7 is fixed." in answer.get_content()


def test_without_an_acknowledgement_the_answer_is_the_first_mail(stack: dict[str, Any]) -> None:
    caller = address()
    reference = opened(stack, caller, acknowledge=False)
    url = f"{stack['triage_url']}/v1/tickets/{reference}/replies"
    reply = {"message": "We found your figures."}
    assert requests.post(url, json=reply, headers=bearer(stack, "ads"), timeout=10).status_code == 201
    body = one_mail(stack, caller).get_body(("plain",))
    assert body is not None
    assert "We found your figures." in body.get_content()
    assert len(mails(stack, caller)) == 1
