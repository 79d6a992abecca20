"""The page /t sends the links of a person's open submissions: one mail with all of them, and each opens its submission."""

import re
import uuid
from typing import Any

import requests

from tests.journeys.walking import mails
from tests.polling import eventually


def test_the_links_of_all_open_submissions_reach_the_mailbox_and_work(stack: dict[str, Any]) -> None:
    intake, email = stack["intake_url"], f"{uuid.uuid4().hex[:12]}@example.org"
    references = set()
    for message in ("first", "second"):
        submission = {"category": "account/login", "email": email, "message": message}
        references.add(requests.post(f"{intake}/v1/tickets", json=submission, timeout=20).json()["reference"])
    eventually(lambda: len(mails(stack, email)) == 2)
    assert "Look in your e-mail" in requests.post(f"{intake}/t?lang=en", data={"email": email}, timeout=20).text
    eventually(lambda: len(mails(stack, email)) == 3)
    [found] = [mail for mail in mails(stack, email) if "open notes" in str(mail["Subject"])]
    body = found.get_body(("plain",))
    assert body is not None
    links = re.findall(r"http\S+/t/\S+", body.get_content())
    assert {re.search(r"T-\w{4}-\w{4}", link)[0] for link in links} == references  # type: ignore[index]
    for link in links:
        assert requests.get(link, headers={"Accept": "text/html"}, timeout=20).status_code == 200
