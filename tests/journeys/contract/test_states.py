"""Snoozed tickets, and blocked senders."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.journeys.contract.conftest import Api, Submission, problem
from tests.journeys.walking import mails, one_mail, ticket
from tests.polling import eventually

Make = Callable[..., Submission]


def ahead(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def state(api: Api, reference: str) -> str:
    return str(ticket(api.stack, reference)["state"])


def in_state(api: Api, wanted: str) -> list[str]:
    items = api.get("triage", f"/v1/tickets?team=ads&state={wanted}&limit=200", as_="ads").json()["items"]
    return [item["reference"] for item in items]


@pytest.fixture
def domain(api: Api) -> Iterator[str]:
    """A blocked domain."""
    name = f"{secrets.token_hex(6)}.example"
    body = {"domain": name, "reason": "Spam"}
    made = api.post("triage", "/v1/blocked-senders", as_="admin", json=body)
    assert made.status_code == 201, made.text
    yield name
    api.call("DELETE", "triage", f"/v1/blocked-senders/{made.json()['id']}", as_="admin")


def test_a_snoozed_ticket_opens_when_its_time_comes(api: Api, submission: Make) -> None:
    sent = api.send(submission()).json()
    reference = sent["reference"]
    assert state(api, reference) == "open"
    path = f"/v1/tickets/{reference}/snooze"
    problem(api.call("PUT", "triage", path, as_="ads", json={"until": ahead(-60)}), 422)
    problem(api.call("DELETE", "triage", path, as_="ads"), 409)
    answer = api.call("PUT", "triage", path, as_="ads", json={"until": ahead(3)})
    assert (answer.status_code, answer.json()["state"]) == (200, "snoozed")
    problem(api.call("PUT", "triage", path, as_="ads", json={"until": ahead(60)}), 409)
    [queue] = api.get("triage", "/v1/queues", as_="ads").json()["items"]
    assert queue["snoozed"] >= 1
    key = sent["status_url"].partition("key=")[2]
    page = f"/v1/tickets/{reference}"
    assert eventually(lambda: api.get("intake", page, key=key).json()["status"] == "with_team")
    assert eventually(lambda: state(api, reference) == "open")


def test_delete_and_the_requester_end_a_snooze(api: Api, submission: Make) -> None:
    for ends in ("DELETE", "message"):
        sent = api.send(submission()).json()
        reference, key = sent["reference"], sent["status_url"].partition("key=")[2]
        ticket(api.stack, reference)
        path = f"/v1/tickets/{reference}/snooze"
        assert api.call("PUT", "triage", path, as_="ads", json={"until": ahead(9_000)}).status_code == 200
        assert reference in in_state(api, "snoozed")
        if ends == "DELETE":
            assert api.call("DELETE", "triage", path, as_="ads").status_code == 204
        else:
            body = {"message": "One more thing."}
            assert api.post("intake", f"/v1/tickets/{reference}/follow-ups", key=key, json=body).status_code == 201
        assert eventually(lambda: state(api, reference) == "open")  # noqa: B023 (called at once)


def test_a_blocked_sender_is_answered_by_nothing(api: Api, submission: Make, domain: str) -> None:
    email = f"Anna+{secrets.token_hex(3)}@mail.{domain}"
    answer = api.send(submission(email=email))
    assert answer.status_code == 201
    sent = answer.json()
    reference, key = sent["reference"], sent["status_url"].partition("key=")[2]
    other = submission()
    api.send(other)
    assert state(api, reference) == "blocked"
    assert reference in in_state(api, "blocked")
    one_mail(api.stack, other["email"])
    assert mails(api.stack, email) == []
    assert api.get("notify", f"/v1/emails?ticket={reference}", as_="admin").json()["items"] == []

    def status() -> str:
        return str(api.get("intake", f"/v1/tickets/{reference}", key=key).json()["status"])

    assert eventually(lambda: status() == "with_team"), "its page looks as always"
    opened = api.post("triage", f"/v1/tickets/{reference}/unblocking", as_="ads", json={})
    assert (opened.status_code, opened.json()["state"]) == (200, "open")
    assert opened.json()["respond_by"] is not None
    assert reference in str(one_mail(api.stack, email)["Subject"])


def test_a_block_holds_from_its_answer_and_ends_with_it(api: Api, submission: Make) -> None:
    email = f"p{secrets.token_hex(6)}@example.net"
    body = {"email": email, "reason": "Spam"}
    problem(api.post("triage", "/v1/blocked-senders", as_="ads", json=body), 403)
    made: dict[str, Any] = api.post("triage", "/v1/blocked-senders", as_="admin", json=body).json()
    blocked = api.send(submission(email=email)).json()["reference"]
    assert state(api, blocked) == "blocked"
    problem(api.post("triage", "/v1/blocked-senders", as_="admin", json=body), 409)
    assert made["id"] in [one["id"] for one in api.get("triage", "/v1/blocked-senders", as_="admin").json()["items"]]
    assert api.call("DELETE", "triage", f"/v1/blocked-senders/{made['id']}", as_="admin").status_code == 204
    allowed = api.send(submission(email=email)).json()["reference"]
    assert state(api, allowed) == "open"
    one_mail(api.stack, email)
