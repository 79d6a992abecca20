"""E-mails without a ticket, over HTTP."""

import threading
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.integration.triage.conftest import Caller, People, Triage

DISAPPROVAL = {"email": "a@example.com", "locale": "sv", "item": "https://x.test/1", "reasons": ["excessive_hashtags"]}
STATUS = {"email": "a@example.com", "locale": "en", "item": "shop", "status": "approved"}
BOTH = [("disapprovals", DISAPPROVAL), ("application-statuses", STATUS)]


@pytest.fixture
def agent(people: People) -> Caller:
    return people("agent", "ads", name="Ada")


def tell(caller: Caller, path: str, body: dict[str, Any], key: str) -> TestResponse:
    headers = {**caller.headers, "Idempotency-Key": key}
    return caller.client.post(f"/v1/{path}", json=body, headers=headers)


def told(triage: Triage) -> int:
    return int(triage.rows("select count(*) from events.log where personal ->> 'email' = 'a@example.com'")[0].count)


def test_a_disapproval_without_a_ticket(agent: Caller, triage: Triage) -> None:
    agent.post("/v1/disapprovals", DISAPPROVAL, 202)
    [row] = triage.rows("select ticket, payload, personal from events.log where type = 'ItemDisapproved'")
    assert row.ticket is None
    assert row.payload == {"reasons": ["excessive_hashtags"], "locale": "sv", "by": "Ada"}
    assert row.personal == {"email": "a@example.com", "item": "https://x.test/1"}


@pytest.mark.parametrize(
    "email", ["foo..bar@example.com", "foo.@example.com", "åsa@example.com", "a@-x.com", "a" * 65 + "@example.com"]
)
@pytest.mark.parametrize(("path", "body"), BOTH)
def test_an_address_that_cannot_be_mailed_is_refused(
    agent: Caller, triage: Triage, path: str, body: dict[str, Any], email: str
) -> None:
    answer = agent.post(f"/v1/{path}", {**body, "email": email}, 422)
    assert list(answer["errors"]) == ["email"]
    assert triage.rows("select from events.log where personal ->> 'email' is not null") == []


def test_an_application_status_is_announced(agent: Caller, triage: Triage) -> None:
    agent.post("/v1/application-statuses", STATUS, 202)
    [row] = triage.rows("select payload from events.log where type = 'ApplicationStatusChanged'")
    assert (row.payload["status"], row.payload["reasons"]) == ("approved", [])


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("disapprovals", {"email": "x", "item": "", "reasons": []}, {"email", "item"}),
        ("disapprovals", {"email": "a@example.com", "item": "x", "reasons": []}, {"reasons"}),
        ("disapprovals", {"email": "a@example.com", "item": "x", "reasons": ["ugly"]}, {"reasons"}),
        ("application-statuses", {"email": "a@example.com", "item": "x", "status": "lost"}, {"status"}),
        (
            "application-statuses",
            {"email": "a@example.com", "item": "x", "status": "approved", "reasons": ["excessive_hashtags"]},
            {"reasons"},
        ),
    ],
)
def test_a_wrong_field_is_named(path: str, body: dict[str, Any], fields: set[str], agent: Caller) -> None:
    assert set(agent.post(f"/v1/{path}", body, 422)["errors"]) >= fields


@pytest.mark.parametrize(("path", "body"), BOTH)
def test_a_retried_request_sends_one_email(path: str, body: dict[str, Any], agent: Caller, triage: Triage) -> None:
    first, again = tell(agent, path, body, "k-1"), tell(agent, path, body, "k-1")
    assert (first.status_code, first.headers.get("Idempotency-Replayed")) == (202, None)
    assert (again.status_code, again.headers.get("Idempotency-Replayed")) == (202, "true")
    assert told(triage) == 1
    tell(agent, path, body, "k-2")
    agent.post(f"/v1/{path}", body, 202)
    assert told(triage) == 3


def test_a_key_used_with_another_body_is_refused(agent: Caller, triage: Triage) -> None:
    tell(agent, "disapprovals", DISAPPROVAL, "k-1")
    for path, body in (("disapprovals", {**DISAPPROVAL, "item": "another"}), ("application-statuses", STATUS)):
        answer = tell(agent, path, body, "k-1")
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["Idempotency-Key"])  # type: ignore[index]
    assert told(triage) == 1


def test_two_callers_may_use_the_same_key(agent: Caller, people: People, triage: Triage) -> None:
    tell(agent, "disapprovals", DISAPPROVAL, "k-1")
    assert "Idempotency-Replayed" not in tell(people("agent", "ads"), "disapprovals", DISAPPROVAL, "k-1").headers
    assert told(triage) == 2


def test_a_malformed_key_is_refused(agent: Caller, triage: Triage) -> None:
    assert tell(agent, "disapprovals", DISAPPROVAL, "k" * 256).status_code == 400
    assert told(triage) == 0


def test_simultaneous_requests_with_one_key_send_one_email(agent: Caller, people: People, triage: Triage) -> None:
    ready, answers = threading.Barrier(4), list[TestResponse]()

    def send() -> None:
        caller = Caller(people.app, agent.headers["Authorization"].removeprefix("Bearer "), "Ada")
        ready.wait(30)
        answers.append(tell(caller, "disapprovals", DISAPPROVAL, "k-1"))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(str(answer.headers.get("Idempotency-Replayed")) for answer in answers) == ["None", *["true"] * 3]
    assert told(triage) == 1
