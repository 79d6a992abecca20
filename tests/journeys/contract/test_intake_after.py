"""What a requester may do with a ticket by its key: look, send more, take it back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.journeys.contract.conftest import Api, Submission, problem
from tests.journeys.walking import ticket
from tests.polling import eventually
from tests.samples.files import pdf, png

Make = Callable[..., Submission]


@pytest.fixture
def mine(api: Api, submission: Make) -> tuple[str, str]:
    """Reference and key of a ticket."""
    body = api.send(submission(subject="Mine")).json()
    return body["reference"], body["status_url"].partition("key=")[2]


def test_a_ticket_is_shown_with_these_members(api: Api, mine: tuple[str, str]) -> None:
    reference, key = mine

    def routed() -> dict[str, Any] | None:
        body: dict[str, Any] = api.get("intake", f"/v1/tickets/{reference}", key=key).json()
        return body if body["status"] == "with_team" else None

    body = eventually(routed) or {}
    assert set(body) == {
        "reference", "status", "category", "subject", "team", "created_at", "missing_evidence", "answer_by", "follow_ups",
        "conversation",
    }  # fmt: skip
    assert (body["subject"], body["team"], body["follow_ups"]) == ("Mine", "ads", [])
    for name in ("created_at", "answer_by"):
        assert datetime.fromisoformat(body[name]).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("POST", "/follow-ups"), ("POST", "/withdrawal")],
    ids=["look", "more", "withdraw"],
)
def test_a_wrong_key_and_an_unknown_reference_answer_alike(
    api: Api, mine: tuple[str, str], method: str, path: str
) -> None:
    reference, key = mine
    body = {"message": "x"} if path == "/follow-ups" else None
    wrong = api.call(method, "intake", f"/v1/tickets/{reference}{path}", key="a" * len(key), json=body)
    unknown = api.call(method, "intake", f"/v1/tickets/T-0000-0000{path}", key=key, json=body)
    assert problem(wrong, 404) == problem(unknown, 404)
    problem(api.call(method, "intake", f"/v1/tickets/{reference}{path}", json=body), 401)


def test_a_follow_up_fills_evidence_and_what_is_left_is_told(api: Api, submission: Make) -> None:
    body = api.send(submission(category="business/blocked-link")).json()
    address, key = f"/v1/tickets/{body['reference']}", body["status_url"].partition("key=")[2]
    assert eventually(lambda: api.get("intake", address, key=key).json()["status"] == "needs_evidence")
    first = api.post("intake", f"{address}/follow-ups", key=key, json={"details": {"pin_url": "https://pin.example/1"}})
    assert (first.status_code, first.json()["missing_evidence"]) == (201, ["site_url"])
    second = api.post(
        "intake", f"{address}/follow-ups", key=key, json={"details": {"site_url": "https://shop.example"}}
    )
    assert second.json()["missing_evidence"] == []
    assert eventually(lambda: ticket(api.stack, body["reference"])["state"] == "open")


def test_a_file_fills_a_slot_that_accepts_its_kind(api: Api, submission: Make) -> None:
    body = api.send(submission(category="business/buyable-pins", details={"shop_platform": "magento"})).json()
    address, key = f"/v1/tickets/{body['reference']}/follow-ups", body["status_url"].partition("key=")[2]
    wrong = api.post("intake", address, key=key, files={"attachment": ("a.png", png())})
    assert wrong.json()["missing_evidence"] == ["compliance_document"]
    right = api.post("intake", address, key=key, files={"attachment": ("a.pdf", pdf())})
    assert (right.status_code, right.json()["missing_evidence"]) == (201, [])


def test_an_empty_follow_up_is_422(api: Api, mine: tuple[str, str]) -> None:
    reference, key = mine
    body: Any
    for body in ({}, {"message": ""}, {"details": {}}, {"nonsense": 1}, [], {"message": "x" * 10_001}):
        problem(api.post("intake", f"/v1/tickets/{reference}/follow-ups", key=key, json=body), 422)


def test_the_eleventh_file_is_422(api: Api, mine: tuple[str, str]) -> None:
    reference, key = mine
    for number in range(10):
        sent = {"message": str(number)}
        answer = api.post(
            "intake", f"/v1/tickets/{reference}/follow-ups", key=key, data=sent, files={"attachment": ("a.png", png())}
        )
        assert answer.status_code == 201
    last = api.post("intake", f"/v1/tickets/{reference}/follow-ups", key=key, files={"attachment": ("a.png", png())})
    problem(last, 422)


def test_a_ticket_is_withdrawn(api: Api, mine: tuple[str, str]) -> None:
    reference, key = mine
    answer = api.post("intake", f"/v1/tickets/{reference}/withdrawal", key=key)
    assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
    assert eventually(lambda: ticket(api.stack, reference)["state"] == "withdrawn")


def test_follow_ups_are_shown(api: Api, mine: tuple[str, str]) -> None:
    reference, key = mine
    assert (
        api.post("intake", f"/v1/tickets/{reference}/follow-ups", key=key, json={"message": "More."}).status_code == 201
    )
    (one,) = api.get("intake", f"/v1/tickets/{reference}", key=key).json()["follow_ups"]
    assert one["message"] == "More."
