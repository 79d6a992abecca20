"""Actions on a ticket, with and without its claim, and the state afterwards."""

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
import requests

from tests.journeys.contract.conftest import Api, Submission, problem
from tests.journeys.contract.test_triage_queue import _claim, _new
from tests.journeys.walking import mails, ticket
from tests.polling import eventually

Make = Callable[..., Submission]


@pytest.fixture
def item(api: Api, submission: Make) -> dict[str, Any]:
    """A claimed ticket of ads."""
    return _claim(api, "ads", _new(api, submission))


def _act(api: Api, item: dict[str, Any], action: str, as_: str = "ads", **body: Any) -> requests.Response:
    given = {"claim": item["claim"], "version": item["version"]} | body
    return api.post("triage", f"/v1/tickets/{item['ticket']['reference']}/{action}", as_=as_, json=given)


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize(
    ("action", "body", "state", "ends"),
    [
        ("replies", {"message": "Hello."}, "waiting", True),
        ("replies", {"message": "Hello.", "then": "wait"}, "waiting", True),
        ("replies", {"message": "Hello.", "then": "resolve"}, "resolved", True),
        ("replies", {"message": "Hello.", "then": "keep"}, "claimed", False),
        ("notes", {"message": "Between us."}, "claimed", False),
        ("disapproval", {"reasons": ["excessive_hashtags"], "message": "Sorry."}, "resolved", True),
        ("resolution", {"outcome": "solved", "message": "Done."}, "resolved", True),
        ("resolution", {"outcome": "spam"}, "resolved", True),
        ("resolution", {"outcome": "not_solved"}, "resolved", True),
        ("resolution", {"outcome": "duplicate"}, "resolved", True),
    ],
)
def test_an_action_and_its_state(
    api: Api, item: dict[str, Any], action: str, body: dict[str, Any], state: str, ends: bool
) -> None:
    answer = _act(api, item, action, **body)
    assert answer.status_code in (200, 201), answer.text
    assert ticket(api.stack, item["ticket"]["reference"])["state"] == state
    gone = api.call("PATCH", "triage", f"/v1/claims/{item['claim']}", as_="ads", json={"lease_seconds": 60})
    assert gone.status_code == (409 if ends else 200)


def test_asking_for_evidence(api: Api, submission: Make) -> None:
    details = {"site_url": "https://shop.example", "pin_url": "https://pin.example/1"}
    mine = submission(category="business/blocked-link", details=details)
    sent = api.send(mine).json()
    ticket(api.stack, sent["reference"])
    item = _claim(api, "business", sent["reference"])
    answer = _act(api, item, "information-requests", as_="business", evidence=["pin_url"], message="Another, please.")
    assert answer.status_code in (200, 201), answer.text
    asked = ticket(api.stack, sent["reference"])
    assert (asked["state"], asked["missing_evidence"]) == ("waiting", ["pin_url"])
    assert eventually(
        lambda: (
            len([one for one in mails(api.stack, mine["email"]) if f"/t/{sent['reference']}?key=" in _text(one)]) == 2
        ),
    )
    key = sent["status_url"].partition("key=")[2]
    api.post(
        "intake",
        f"/v1/tickets/{sent['reference']}/follow-ups",
        key=key,
        json={"details": {"pin_url": "https://pin.example/2"}},
    )
    assert eventually(lambda: ticket(api.stack, sent["reference"])["state"] == "open")


def test_a_transfer_is_open_for_the_new_team_at_once(api: Api, item: dict[str, Any]) -> None:
    assert _act(api, item, "transfer", team="billing", reason="About money.").status_code in (200, 201)
    found = ticket(api.stack, item["ticket"]["reference"])
    assert (found["team"], found["state"]) == ("billing", "open")
    problem(api.get("triage", f"/v1/tickets/{item['ticket']['reference']}", as_="ads"), 403)


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("replies", {"message": ""}),
        ("replies", {"message": "x", "then": "nothing"}),
        ("replies", {}),
        ("notes", {"message": ""}),
        ("information-requests", {"evidence": [], "message": "x"}),
        ("information-requests", {"evidence": ["nonsense"], "message": "x"}),
        ("disapproval", {"reasons": [], "message": "x"}),
        ("disapproval", {"reasons": ["nonsense"], "message": "x"}),
        ("disapproval", {"message": "x"}),
        ("transfer", {"team": "nobody", "reason": "x"}),
        ("transfer", {"team": "billing", "cause": "mood", "reason": "x"}),
        ("resolution", {"outcome": "nonsense"}),
        ("resolution", {}),
        ("replies", {"message": "x", "unknown": 1}),
    ],
)
def test_a_wrong_body_is_422_and_changes_nothing(
    api: Api, item: dict[str, Any], action: str, body: dict[str, Any]
) -> None:
    before = ticket(api.stack, item["ticket"]["reference"])
    problem(_act(api, item, action, **body), 422)
    assert ticket(api.stack, item["ticket"]["reference"])["state"] == before["state"] == "claimed"


def test_actions_on_a_claimed_ticket_need_its_claim(api: Api, item: dict[str, Any]) -> None:
    reference = item["ticket"]["reference"]
    for body in ({}, {"claim": item["claim"], "version": item["version"] + 7}):
        problem(api.post("triage", f"/v1/tickets/{reference}/replies", as_="ads", json={"message": "x"} | body), 409)
    api.call("DELETE", "triage", f"/v1/claims/{item['claim']}", as_="ads")
    problem(_act(api, item, "replies", message="x"), 409)


def test_the_version_may_be_left_out(api: Api, item: dict[str, Any]) -> None:
    body = {"claim": item["claim"], "message": "x"}
    answer = api.post("triage", f"/v1/tickets/{item['ticket']['reference']}/replies", as_="ads", json=body)
    assert answer.status_code in (200, 201)


def test_a_ticket_that_is_not_claimed_needs_none(api: Api, submission: Make) -> None:
    reference = _new(api, submission)
    answer = api.post("triage", f"/v1/tickets/{reference}/notes", as_="ads", json={"message": "x"})
    assert answer.status_code in (200, 201), answer.text


def test_a_resolved_ticket_is_reopened_by_an_agent_and_by_the_requester(api: Api, submission: Make) -> None:
    sent = api.send(submission()).json()
    reference, key = sent["reference"], sent["status_url"].partition("key=")[2]
    ticket(api.stack, reference)
    by_agent = ("triage", f"/v1/tickets/{reference}/reopening", {"as_": "ads", "json": {"reason": "Not yet."}})
    by_requester = ("intake", f"/v1/tickets/{reference}/follow-ups", {"key": key, "json": {"message": "Still broken."}})
    given: Any
    for service, path, given in (by_agent, by_requester):
        assert _act(api, _claim(api, "ads", reference), "resolution", outcome="solved", message="x").status_code < 300
        assert api.post(service, path, **given).status_code in (200, 201)
        assert eventually(lambda: ticket(api.stack, reference)["state"] == "open")


def test_the_requester_opens_a_waiting_ticket(api: Api, submission: Make) -> None:
    sent = api.send(submission()).json()
    ticket(api.stack, sent["reference"])
    assert _act(api, _claim(api, "ads", sent["reference"]), "replies", message="Which one?").status_code < 300
    key = sent["status_url"].partition("key=")[2]
    api.post("intake", f"/v1/tickets/{sent['reference']}/follow-ups", key=key, json={"message": "This one."})
    assert eventually(lambda: ticket(api.stack, sent["reference"])["state"] == "open")


def test_mails_without_a_ticket(api: Api, submission: Make) -> None:
    email = submission()["email"]
    item = {"email": email, "locale": "sv", "item": "https://shop.example/pin"}
    assert (
        api.post("triage", "/v1/disapprovals", as_="admin", json=item | {"reasons": ["excessive_hashtags"]}).status_code
        == 202
    )
    for status in ("received", "approved", "available"):
        assert (
            api.post("triage", "/v1/application-statuses", as_="admin", json=item | {"status": status}).status_code
            == 202
        )
    refused = item | {"status": "disapproved", "reasons": ["merchant_terms"]}
    assert api.post("triage", "/v1/application-statuses", as_="admin", json=refused).status_code == 202
    assert eventually(lambda: len(mails(api.stack, email)) == 5)
    wrong: dict[str, Any]
    for wrong in ({"reasons": []}, {"reasons": ["nonsense"]}, {}):
        problem(api.post("triage", "/v1/disapprovals", as_="admin", json=item | wrong), 422)
    problem(api.post("triage", "/v1/application-statuses", as_="admin", json=item | {"status": "lost"}), 422)
