"""A submission travels: from form or API into its team's queue, its file into the store, its acknowledgement into the mailbox."""

import os
import subprocess
import sys
import uuid
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from PIL import Image

from shared.catalog import load
from tests.journeys.walking import Form, bearer, mails, one_mail, ticket
from tests.polling import eventually

Stack = dict[str, Any]
ROOT = Path(__file__).parents[2]


def address() -> str:
    """An address that nobody had before."""
    return f"{uuid.uuid4().hex[:12]}@example.org"


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (64, 48), "#336699").save(out, "PNG")
    return out.getvalue()


def post(stack: Stack, **submission: Any) -> requests.Response:
    return requests.post(f"{stack['intake_url']}/v1/tickets", json=submission, timeout=20)


def test_a_submission_with_a_file_reaches_queue_store_and_mailbox(stack: Stack) -> None:
    email = address()
    response = requests.post(
        f"{stack['intake_url']}/v1/tickets",
        data={
            "category": "ads/disapproved",
            "email": email,
            "subject": "My ad",
            "message": "Why? SECRETWORD",
            "locale": "sv",
        },
        files={"attachment": ("ad.png", picture(), "image/png")},
        timeout=20,
    )
    assert response.status_code == 201, response.text
    reference = response.json()["reference"]
    found = ticket(stack, reference)
    assert (found["team"], found["state"], found["ruleset"], found["locale"]) == ("ads", "open", 1, "sv")
    (attachment,) = found["attachments"]
    assert (attachment["name"], attachment["media_type"]) == ("ad.png", "image/png")
    fetched = requests.get(
        f"{stack['triage_url']}/v1/attachments/{attachment['id']}", headers=bearer(stack, "ads"), timeout=20
    )
    assert fetched.status_code == 200
    assert Image.open(BytesIO(fetched.content)).size == (64, 48)
    assert "attachment" in fetched.headers["Content-Disposition"]
    mail = one_mail(stack, email)
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert reference in text
    assert f"/t/{reference}?key=" in text
    assert "SECRETWORD" not in mail.as_string()
    assert mail["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("path", [path for path, category in load().categories.items() if not category.retired])
def test_every_category_reaches_its_team(stack: Stack, path: str) -> None:
    category = load().categories[path]
    details = {field.name: field.options[0].value for field in category.fields if field.required}
    response = post(stack, category=path, email=address(), message="Please have a look.", details=details)
    assert response.status_code == 201, response.text
    found = ticket(stack, response.json()["reference"])
    assert found["team"] == category.segment
    assert found["state"] == ("held" if response.json()["missing_evidence"] else "open")


def test_the_form_without_a_script(stack: Stack) -> None:
    email = address()
    with requests.Session() as browser:
        url = f"{stack['intake_url']}/help/billing/receipt/note"
        page = browser.get(url, timeout=20)
        form = Form(page.text)
        assert {"email", "message", "subject", "name", "username", "attachment"} <= form.names
        filled = form.fields | {"email": email, "message": "I need my receipt.", "subject": "Receipt"}
        answer = browser.post(
            url, data=filled, files={"attachment": ("receipt.png", picture(), "image/png")}, timeout=20
        )
        assert answer.status_code == 200
        assert answer.history[0].status_code == 303
        reference = urlsplit(answer.url).path.rpartition("/")[2]
        assert reference in answer.text
        assert parse_qs(urlsplit(answer.url).query)["key"]
        assert ticket(stack, reference)["team"] == "billing"
        one_mail(stack, email)
        again = browser.post(
            url, data=filled, files={"attachment": ("receipt.png", picture(), "image/png")}, timeout=20
        )
        assert urlsplit(again.url).path.rpartition("/")[2] == reference
    assert len(mails(stack, email)) == 1


def test_a_wrong_form_keeps_everything_filled_in(stack: Stack) -> None:
    url = f"{stack['intake_url']}/help/billing/receipt/note"
    form = Form(requests.get(url, timeout=20).text)
    answer = requests.post(
        url, data=form.fields | {"email": "no address", "message": "Do not lose <this>."}, timeout=20
    )
    assert answer.status_code == 422
    assert "Do not lose &lt;this&gt;." in answer.text
    assert 'value="no address"' in answer.text


def test_the_status_page_learns_the_team(stack: Stack) -> None:
    created = post(stack, category="ads/loading", email=address(), message="White page.").json()
    key = parse_qs(urlsplit(created["status_url"]).query)["key"][0]
    url = f"{stack['intake_url']}/v1/tickets/{created['reference']}"

    def arrived() -> bool:
        seen = requests.get(url, headers={"Authorization": f"Bearer {key}"}, timeout=10).json()
        return bool(seen["status"] == "with_team" and seen["team"] == "ads")

    eventually(arrived)
    assert requests.get(url, headers={"Authorization": "Bearer wrong"}, timeout=10).status_code == 404
    assert requests.get(url, timeout=10).status_code in (401, 404)


def test_an_agent_claims_and_nobody_else_can(stack: Stack) -> None:
    created = post(stack, category="billing/cost", email=address(), message="What does it cost?").json()
    ticket(stack, created["reference"])
    url = f"{stack['triage_url']}/v1/queues/billing/claims"
    assert (
        requests.post(url, json={"limit": 1, "lease_seconds": 60}, headers=bearer(stack, "ads"), timeout=10).status_code
        == 403
    )
    seen: list[str] = []
    ids: list[str] = []
    while created["reference"] not in seen:
        (item,) = requests.post(
            url, json={"limit": 1, "lease_seconds": 60}, headers=bearer(stack, "billing"), timeout=10
        ).json()["items"]
        seen.append(item["ticket"]["reference"])
        ids.append(item["claim"])
    assert len(seen) == len(set(seen))
    for claim in ids:
        back = requests.delete(f"{stack['triage_url']}/v1/claims/{claim}", headers=bearer(stack, "billing"), timeout=10)
        assert back.status_code == 204


def test_the_ledger_tells_of_the_mail(stack: Stack) -> None:
    email = address()
    created = post(stack, category="ads/metrics", email=email, message="What is an impression?").json()
    mail = one_mail(stack, email)
    url = f"{stack['notify_url']}/v1/emails?ticket={created['reference']}"

    def sent() -> dict[str, Any] | None:
        (item,) = requests.get(url, headers=bearer(stack), timeout=10).json()["items"]
        return item if item["state"] == "sent" else None

    item = eventually(sent) or {}
    assert (item["kind"], item["to"]) == ("acknowledgement", email)
    assert item["message_id"].strip("<>") == str(mail["Message-ID"]).strip("<>")


def test_a_decision_is_explained(stack: Stack) -> None:
    created = post(stack, category="account/login", email=address(), message="I was hacked!").json()
    found = ticket(stack, created["reference"])
    url = f"{stack['triage_url']}/v1/tickets/{created['reference']}/explanation"
    told = requests.get(url, headers=bearer(stack, "account"), timeout=10).json()
    assert told["ruleset"] == found["ruleset"]
    assert told["decided"]["team"] == {**told["decided"]["team"], "value": "account", "rule": None}
    assert told["decided"]["priority"]["value"] == "urgent"
    assert told["decided"]["priority"]["rule"]


@pytest.mark.parametrize("service", ["intake", "triage", "notify"])
def test_each_service_tells_its_state_and_its_api(stack: Stack, service: str) -> None:
    url = stack[f"{service}_url"]
    assert requests.get(f"{url}/livez", timeout=10).status_code == 200
    assert requests.get(f"{url}/readyz", timeout=10).status_code == 200
    assert requests.get(f"{url}/openapi.json", timeout=10).json()["openapi"].startswith("3.1")
    assert "vidare_" in requests.get(f"{url}/metrics", timeout=10).text
    assert requests.get(url, timeout=10).status_code == 200
    missing = requests.get(f"{url}/v1/nothing-here", timeout=10)
    assert missing.status_code == 404
    assert missing.headers["Content-Type"].startswith("application/problem+json")


def test_the_demo_finds_every_submission_where_it_should_be(stack: Stack) -> None:
    folder = Path(stack["maildir"]).parent
    environment = {**os.environ, "VIDARE_HOME": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", "local.demo"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every submission is where it should be" in done.stdout
