"""One action on many tickets: results, what is skipped, undo."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from tests.journeys.contract.conftest import Api, problem
from tests.polling import eventually

Submit = Callable[..., dict[str, Any]]


def _routed(api: Api, submission: Submit, **fields: Any) -> str:
    reference: str = api.send(submission(**fields)).json()["reference"]
    eventually(lambda: api.get("triage", f"/v1/tickets/{reference}", as_="admin").status_code == 200)
    return reference


def _done(api: Api, bulk: str, as_: str = "ads") -> dict[str, Any]:
    def over() -> dict[str, Any]:
        found: dict[str, Any] = api.get("triage", f"/v1/bulk/{bulk}", as_=as_).json()
        assert found["state"] == "done"
        return found

    return eventually(over)


def _ticket(api: Api, reference: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get("triage", f"/v1/tickets/{reference}", as_="admin").json()
    return found


def test_a_transfer_of_many_has_a_result_each_and_is_undone(api: Api, submission: Submit) -> None:
    mine, changed, claimed = (_routed(api, submission) for _ in range(3))
    foreign = _routed(api, submission, category="billing/cost")
    before = _ticket(api, mine)
    api.post("triage", f"/v1/tickets/{claimed}/takeover", as_="admin", json={"lease_seconds": 600})
    body = {
        "references": [mine, changed, claimed, foreign, "T-0000-0000"],
        "action": {"kind": "transfer", "team": "billing", "reason": "About money."},
    }
    headers = {"Idempotency-Key": uuid4().hex}
    started = api.post("triage", "/v1/tickets/bulk", as_="ads", json=body, headers=headers)
    assert started.status_code == 202
    again = api.post("triage", "/v1/tickets/bulk", as_="ads", json=body, headers=headers)
    assert (again.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (202, started.json(), "true")
    bulk = started.json()["id"]
    found = _done(api, bulk)
    assert found["progress"] == {"done": 5, "total": 5}
    status = {one["reference"]: one["status"] for one in found["results"]}
    assert status == {
        mine: "done",
        changed: "done",
        claimed: "skipped",
        foreign: "skipped",
        "T-0000-0000": "failed",
    }, found["results"]
    assert all(one["why"] for one in found["results"] if one["status"] != "done")
    assert [_ticket(api, one)["team"] for one in (mine, changed, claimed)] == ["billing", "billing", "ads"]
    api.call("PATCH", "triage", f"/v1/tickets/{changed}", as_="billing", json={"tags": ["seen"]})
    assert api.post("triage", f"/v1/bulk/{bulk}/undo", as_="ads").status_code == 202
    found = _done(api, bulk)
    status = {one["reference"]: one["status"] for one in found["results"]}
    assert (status[mine], status[changed]) == ("done", "skipped")
    after = _ticket(api, mine)
    assert all(after[name] == before[name] for name in ("state", "team", "respond_by", "owner", "tags", "priority"))
    assert _ticket(api, changed)["team"] == "billing"
    problem(api.post("triage", f"/v1/bulk/{bulk}/undo", as_="ads"), 409)


def test_replies_are_not_undone(api: Api, submission: Submit) -> None:
    reference = _routed(api, submission)
    body = {"references": [reference, reference], "action": {"kind": "reply", "message": "Try again."}}
    bulk = api.post("triage", "/v1/tickets/bulk", as_="ads", json=body).json()["id"]
    assert [one["status"] for one in _done(api, bulk)["results"]] == ["done"]
    kinds = [one["kind"] for one in _ticket(api, reference)["conversation"]]
    assert kinds == ["submission", "reply"]
    problem(api.post("triage", f"/v1/bulk/{bulk}/undo", as_="ads"), 409)


def test_what_is_refused_names_its_field(api: Api) -> None:
    action = {"kind": "priority", "priority": "high"}
    for body, field in (
        ({"action": action}, "references"),
        ({"references": ["x"], "query": "x", "action": action}, "query"),
        ({"references": [f"T-{n}" for n in range(201)], "action": action}, "references"),
        ({"references": ["x"], "action": {"kind": "priority", "priority": "sky"}}, "action.priority"),
    ):
        answer = problem(api.post("triage", "/v1/tickets/bulk", as_="ads", json=body), 422)
        assert field in answer["errors"]
    other_number = {"query": f"word{uuid4().hex}", "expected": 3, "action": action}
    problem(api.post("triage", "/v1/tickets/bulk", as_="ads", json=other_number), 409)
    problem(api.get("triage", f"/v1/bulk/{uuid4()}", as_="ads"), 404)
