"""Queues, lists and claims."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.journeys.contract.conftest import Api, Submission, problem
from tests.journeys.walking import ticket
from tests.polling import eventually
from tests.samples.files import png

Make = Callable[..., Submission]
ROW = {
    "reference", "subject", "category", "team", "state", "priority", "tags", "locale", "created_at", "respond_by", "claimed_by"
}  # fmt: skip


def _new(api: Api, submission: Make, **fields: Any) -> str:
    reference: str = api.send(submission(**fields)).json()["reference"]
    ticket(api.stack, reference)
    return reference


def _claim(api: Api, team: str, reference: str) -> dict[str, Any]:
    """Claim until the ticket is among the claims; the others are kept until then, or they would come again."""
    others: list[str] = []

    def claim_more() -> dict[str, Any] | None:
        answer = api.post("triage", f"/v1/queues/{team}/claims", as_=team, json={"limit": 100, "lease_seconds": 300})
        assert answer.status_code == 200
        claimed = {item["ticket"]["reference"]: item for item in answer.json()["items"]}
        mine: dict[str, Any] | None = claimed.pop(reference, None)
        others.extend(item["claim"] for item in claimed.values())
        return mine

    mine = eventually(claim_more)
    for claim in others:
        api.call("DELETE", "triage", f"/v1/claims/{claim}", as_=team)
    assert mine is not None
    return mine


def test_queues_tell_their_counts(api: Api, submission: Make) -> None:
    _new(api, submission)
    items = api.get("triage", "/v1/queues", as_="admin").json()["items"]
    assert {item["team"] for item in items} == {"account", "business", "ads", "billing"}
    for item in items:
        assert set(item) >= {"team", "open", "claimed", "held", "waiting", "oldest_open_at", "breached"}
    assert [item["team"] for item in api.get("triage", "/v1/queues", as_="ads").json()["items"]] == ["ads"]


def test_a_row_and_a_ticket_have_these_members(api: Api, submission: Make) -> None:
    mine = submission(subject="Rows", details=None)
    sent = api.post("intake", "/v1/tickets", data=mine, files={"attachment": ("a.png", png())}).json()["reference"]
    found = ticket(api.stack, sent)
    assert set(found) >= ROW | {
        "message", "requester", "details", "missing_evidence", "ruleset", "attachments", "timeline"
    }  # fmt: skip
    (attachment,) = found["attachments"]
    assert set(attachment) >= {"id", "name", "media_type", "size", "state", "url"}
    assert (found["state"], found["priority"], found["team"], found["claimed_by"]) == ("open", "normal", "ads", None)
    rows = api.get("triage", "/v1/tickets?team=ads&state=open&category=ads/metrics&limit=200", as_="ads").json()[
        "items"
    ]
    (row,) = [row for row in rows if row["reference"] == sent]
    assert set(row) >= ROW
    assert row["subject"] == "Rows"


def test_lists_are_searched(api: Api, submission: Make) -> None:
    mine = submission()
    reference = _new(api, submission, email=mine["email"], message=mine["message"])

    def found(words: str) -> bool:
        rows = api.get("triage", "/v1/tickets", params={"q": words}, as_="ads").json()["items"]
        return reference in [row["reference"] for row in rows]

    for words in (reference, mine["email"], mine["message"].split()[1]):
        assert eventually(lambda: found(words))  # noqa: B023  # called before the next round


@pytest.mark.parametrize("query", ["state=nonsense", "limit=0", "limit=201", "team=nobody"])
def test_a_wrong_filter_is_refused(api: Api, query: str) -> None:
    assert api.get("triage", f"/v1/tickets?{query}", as_="admin").status_code in (400, 404, 422)


def test_paging_sees_everything_once_while_things_arrive(api: Api, submission: Make) -> None:
    there = {_new(api, submission, category="billing/cost") for _ in range(6)}
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        query = f"team=billing&limit=2{f'&cursor={cursor}' if cursor else ''}"
        body = api.get("triage", f"/v1/tickets?{query}", as_="billing").json()
        seen += [row["reference"] for row in body["items"]]
        cursor = body["next_cursor"]
        if len(seen) < 8:
            _new(api, submission, category="billing/cost")
    assert len(seen) == len(set(seen))
    assert there <= set(seen)


def test_a_claim_and_its_life(api: Api, submission: Make) -> None:
    item = _claim(api, "ads", _new(api, submission))
    assert set(item) >= {"claim", "version", "lease_expires_at", "ticket"}
    assert item["ticket"]["state"] == "claimed"
    longer = api.call("PATCH", "triage", f"/v1/claims/{item['claim']}", as_="ads", json={"lease_seconds": 3600})
    assert longer.status_code == 200
    assert longer.json()["lease_expires_at"] > item["lease_expires_at"]
    assert api.call("DELETE", "triage", f"/v1/claims/{item['claim']}", as_="ads").status_code == 204
    for method, body in (("PATCH", {"lease_seconds": 60}), ("DELETE", None)):
        problem(api.call(method, "triage", f"/v1/claims/{item['claim']}", as_="ads", json=body), 409)


def test_a_claim_that_never_was(api: Api, submission: Make) -> None:
    for unknown in (str(uuid4()), "nonsense"):
        problem(api.call("DELETE", "triage", f"/v1/claims/{unknown}", as_="ads"), 404)
        problem(api.call("PATCH", "triage", f"/v1/claims/{unknown}", as_="ads", json={"lease_seconds": 60}), 404)
        reference = _new(api, submission)
        answer = api.post(
            "triage", f"/v1/tickets/{reference}/notes", as_="ads", json={"message": "x", "claim": unknown}
        )
        problem(answer, 409)


def test_claims_have_bounds(api: Api) -> None:
    body: Any
    for body in (
        {"limit": 0},
        {"limit": 101},
        {"lease_seconds": 0},
        {"lease_seconds": 3601},
        {"limit": "x"},
        {"x": 1},
        [],
    ):
        problem(api.post("triage", "/v1/queues/ads/claims", as_="ads", json=body), 422)
    problem(api.post("triage", "/v1/queues/nobody/claims", as_="ads", json={"limit": 1, "lease_seconds": 60}), 404)
    problem(api.post("triage", "/v1/queues/billing/claims", as_="ads", json={"limit": 1, "lease_seconds": 60}), 403)


def test_no_ticket_is_in_two_claims_and_a_lease_that_ends_returns_it(api: Api, submission: Make) -> None:
    item = _claim(api, "ads", _new(api, submission))
    api.call("PATCH", "triage", f"/v1/claims/{item['claim']}", as_="ads", json={"lease_seconds": 1})
    reference = item["ticket"]["reference"]
    assert eventually(lambda: ticket(api.stack, reference)["state"] == "open")
    problem(api.call("DELETE", "triage", f"/v1/claims/{item['claim']}", as_="ads"), 409)


def test_an_agent_reads_nothing_of_another_team(api: Api, submission: Make) -> None:
    reference = _new(api, submission, category="billing/cost")
    problem(api.get("triage", f"/v1/tickets/{reference}", as_="ads"), 403)
    problem(api.get("triage", f"/v1/tickets/{reference}/explanation", as_="ads"), 403)
    problem(api.get("triage", "/v1/tickets?team=billing", as_="ads"), 403)
    teams = {row["team"] for row in api.get("triage", "/v1/tickets?limit=200", as_="ads").json()["items"]}
    assert teams == {"ads"}
    problem(api.get("triage", "/v1/tickets/T-0000-0000", as_="ads"), 404)
    problem(api.get("triage", "/v1/rulesets", as_="ads"), 403)
    problem(api.get("triage", "/v1/reports/misroutes", as_="ads"), 403)


def test_an_attachment_is_led_to_for_its_team_alone(api: Api, submission: Make) -> None:
    sent = api.post("intake", "/v1/tickets", data=submission(), files={"attachment": ("a.png", png())}).json()[
        "reference"
    ]
    (attachment,) = ticket(api.stack, sent)["attachments"]
    answer = api.get("triage", f"/v1/attachments/{attachment['id']}", as_="ads")
    assert answer.status_code == 302
    seconds = int(answer.headers["Location"].partition("X-Amz-Expires=")[2].partition("&")[0])
    assert 0 < seconds <= 300
    problem(api.get("triage", f"/v1/attachments/{attachment['id']}", as_="billing"), 403)
    problem(api.get("triage", f"/v1/attachments/{uuid4()}", as_="ads"), 404)
    problem(api.get("triage", f"/v1/attachments/{attachment['id']}"), 401)
