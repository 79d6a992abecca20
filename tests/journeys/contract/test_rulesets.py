"""Rulesets, routing by them, explanation and replay."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.contract.conftest import Api, Submission, problem
from tests.journeys.walking import ticket
from tests.polling import eventually

Make = Callable[..., Submission]
# Both activate rulesets of the one stack.
ONE_AT_A_TIME = pytest.mark.xdist_group("activation")
RULESET = {"number", "state", "comment", "created_by", "created_at", "activated_at", "document"}
FROM_CONTRACT: dict[str, Any] = {
    "language": 1,
    "timezone": "Europe/Stockholm",
    "teams": {
        "ads": {
            "respond_within": "8h",
            "calendar": {"timezone": "Europe/Stockholm", "hours": {"mon": ["09:00", "17:00"]}, "holidays": "SE"},
        },
        "account": {"respond_within": "24h"},
    },
    "default_teams": {"account": "account", "business": "business", "ads": "ads", "billing": "billing"},
    "rules": [
        {
            "id": "waitlist-abroad",
            "when": {
                "all": [
                    {"field": "category", "within": "ads/getting-started"},
                    {"field": "country", "exists": True},
                    {"none": [{"field": "country", "is": "US"}]},
                ]
            },
            "then": {"priority": "low", "tags": ["waitlist-international"]},
        }
    ],
}
DECISION = {"ruleset", "team", "priority", "tags", "respond_within", "hold", "decided", "not_matched"}


def _save(api: Api, document: dict[str, Any]) -> dict[str, Any]:
    answer = api.post("triage", "/v1/rulesets", as_="admin", json={"document": document, "comment": "A try."})
    assert answer.status_code == 201, answer.text
    saved: dict[str, Any] = answer.json()
    return saved


def _route(api: Api, submission: Submission, ruleset: int | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"ticket": submission} | ({"ruleset": ruleset} if ruleset else {})
    answer = api.post("triage", "/v1/route", as_="admin", json=body)
    assert answer.status_code == 200, answer.text
    decided: dict[str, Any] = answer.json()
    return decided


def test_the_contracts_own_document_is_saved_as_a_draft(api: Api) -> None:
    saved = _save(api, FROM_CONTRACT)
    assert set(saved) == RULESET
    assert (saved["state"], saved["comment"], saved["activated_at"]) == ("draft", "A try.", None)
    assert saved["document"] == FROM_CONTRACT
    assert api.get("triage", f"/v1/rulesets/{saved['number']}", as_="admin").json() == saved
    active = api.get("triage", "/v1/rulesets/active", as_="admin").json()
    assert set(active) == RULESET
    assert active["state"] == "active"
    found = api.get("triage", "/v1/rulesets", as_="admin").json()["items"]
    assert saved["number"] in [item["number"] for item in found]
    assert (
        api.get("triage", f"/v1/rulesets/{saved['number']}/diff?against={active['number']}", as_="admin").status_code
        == 200
    )


def test_the_contracts_own_document_decides_as_it_says(api: Api, submission: Make) -> None:
    number = _save(api, FROM_CONTRACT)["number"]
    abroad = _route(api, submission(category="ads/getting-started", country="SE"), number)
    assert set(abroad) >= DECISION
    assert (abroad["team"], abroad["priority"], abroad["tags"]) == ("ads", "low", ["waitlist-international"])
    assert abroad["decided"]["priority"]["rule"] == "waitlist-abroad"
    assert set(abroad["decided"]["priority"]) == {"value", "rule", "because"}
    assert abroad["decided"]["tags"]["value"] == ["waitlist-international"]
    assert abroad["decided"]["tags"]["rules"] == ["waitlist-abroad"]
    assert (abroad["decided"]["team"]["value"], abroad["decided"]["team"]["rule"]) == ("ads", None)
    folder = _route(api, submission(category="ads/getting-started", country="US"), number)
    assert (folder["priority"], folder["tags"]) == ("normal", [])
    (missed,) = folder["not_matched"]
    assert missed["rule"] == "waitlist-abroad"
    assert missed["failed"]
    unknown = _route(api, submission(category="ads/getting-started"), number)
    assert unknown["not_matched"][0]["failed"] == {"field": "country", "exists": True}
    assert abroad["respond_within"] == "8h"


def test_every_condition_and_effect_is_known(api: Api, submission: Make) -> None:
    tests: list[dict[str, Any]] = [
        {"field": "locale", "is": "sv"},
        {"field": "country", "in": ["SE", "NO"]},
        {"field": "platform", "is": "ios"},
        {"field": "email_domain", "is": "example.org"},
        {"field": "subject", "contains_any": ["kvitto"]},
        {"field": "message", "contains_any": ["Hackad"]},
        {"field": "text", "matches": "(?i)konto\\d+"},
        {"field": "details.login_method", "is": "google"},
        {"field": "attachment.count", "at_most": 0},
        {"field": "previous_tickets", "days": 7, "same_path": True, "at_most": 0},
        {"field": "category", "within": "account"},
        {"any": [{"field": "weekday", "in": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}]},
        {"all": [{"field": "hour", "at_least": 0}, {"field": "hour", "at_most": 23}]},
        {"none": [{"field": "attachment.type", "is": "pdf"}]},
        {"none": [{"field": "missing_evidence", "exists": True}]},
    ]
    document = FROM_CONTRACT | {
        "rules": [
            {"id": "all-of-them", "when": {"all": tests}, "then": {"tags": ["all"], "team": "billing"}},
            {
                "id": "always",
                "then": {"tags": ["always"], "priority": "urgent", "respond_within": "2h", "hold": "evidence"},
            },
            {
                "id": "too-late",
                "when": tests[10],
                "then": {"team": "ads", "priority": "low", "tags": ["late", "always"]},
            },
        ]
    }
    mine = submission(
        category="account/login",
        locale="sv",
        country="SE",
        platform="ios",
        subject="Kvitto!",
        message="Jag är HACKÄD på konto7",
        details={"login_method": "google"},
    )
    decided = _route(api, mine, _save(api, document)["number"])
    assert (decided["team"], decided["priority"], decided["respond_within"], decided["hold"]) == (
        "billing", "urgent", "2h", "evidence"
    )  # fmt: skip
    assert sorted(decided["tags"]) == ["all", "always", "late"]


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        ({"id": "a", "when": {"all": [{"field": "nonsense", "is": "x"}]}, "then": {}}, "when.all[0].field"),
        ({"id": "a", "when": {"field": "category", "within": "no/such"}, "then": {"team": "ads"}}, "when.within"),
        ({"id": "a", "then": {"team": "nobody"}}, "then.team"),
        ({"id": "a", "then": {"priority": "huge"}}, "then.priority"),
        ({"id": "a", "when": {"field": "text", "matches": "(?=x)"}, "then": {"team": "ads"}}, "when.matches"),
    ],
)
def test_a_error_is_named_by_its_path(api: Api, rule: dict[str, Any], where: str) -> None:
    document = FROM_CONTRACT | {"rules": [FROM_CONTRACT["rules"][0], rule]}
    answer = api.post("triage", "/v1/rulesets", as_="admin", json={"document": document, "comment": "x"})
    assert f"document.rules[1].{where}" in problem(answer, 422)["errors"]


def test_all_errors_are_told(api: Api) -> None:
    rules = [{"id": str(number), "then": {"team": "nobody"}} for number in range(4)]
    document = FROM_CONTRACT | {"rules": rules, "nonsense": 1, "language": 9}
    errors = problem(api.post("triage", "/v1/rulesets", as_="admin", json={"document": document, "comment": ""}), 422)[
        "errors"
    ]
    assert {f"document.rules[{number}].then.team" for number in range(4)} <= set(errors)


@ONE_AT_A_TIME
def test_activating_and_rolling_back(api: Api) -> None:
    old = api.get("triage", "/v1/rulesets/active", as_="admin").json()
    new = _save(api, old["document"])["number"]
    stale = {"comment": "x", "expected_active": new}
    problem(api.post("triage", f"/v1/rulesets/{new}/activation", as_="admin", json=stale), 409)
    try:
        body = {"comment": "Go.", "expected_active": old["number"]}
        answer = api.post("triage", f"/v1/rulesets/{new}/activation", as_="admin", json=body)
        assert (answer.status_code, answer.json()["state"]) == (200, "active")
        assert answer.json()["activated_at"]
        assert api.get("triage", f"/v1/rulesets/{old['number']}", as_="admin").json()["state"] == "retired"
    finally:
        back = api.post("triage", f"/v1/rulesets/{old['number']}/activation", as_="admin", json={"comment": "Back."})
        assert back.status_code == 200
    assert api.get("triage", "/v1/rulesets/active", as_="admin").json()["number"] == old["number"]


def test_a_ticket_is_explained_in_the_shape_of_a_route(api: Api, submission: Make) -> None:
    reference = api.send(submission(category="ads/getting-started", country="SE")).json()["reference"]
    ticket(api.stack, reference)
    told = api.get("triage", f"/v1/tickets/{reference}/explanation", as_="ads")
    assert told.status_code == 200
    assert set(told.json()) >= DECISION
    assert told.json()["priority"] == "low"


def test_a_replay_counts_every_ticket(api: Api, submission: Make) -> None:
    reference = api.send(submission()).json()["reference"]
    ticket(api.stack, reference)
    number = _save(api, FROM_CONTRACT)["number"]
    started = api.post("triage", f"/v1/rulesets/{number}/replay", as_="admin", json={"days": 30})
    assert started.status_code == 202
    address = f"/v1/replays/{started.json()['id']}"

    def done() -> dict[str, Any] | None:
        body: dict[str, Any] = api.get("triage", address, as_="admin").json()
        assert body["state"] in ("queued", "running", "done")
        return body if body["state"] == "done" else None

    body = eventually(done) or {}
    assert set(body) >= {"id", "ruleset", "state", "progress", "matrix", "changed", "agreement"}
    assert body["ruleset"] == number
    assert set(body["progress"]) == {"done", "total"}
    assert set(body["agreement"]) == {"then", "draft"}
    assert all(set(cell) == {"from", "to", "count"} for cell in body["matrix"])
    assert sum(cell["count"] for cell in body["matrix"]) == body["progress"]["done"] == body["progress"]["total"] > 0
    assert set(api.get("triage", f"{address}/changes", as_="admin").json()) == {"items", "next_cursor"}


def test_a_replay_is_cancelled(api: Api) -> None:
    number = api.get("triage", "/v1/rulesets/active", as_="admin").json()["number"]
    started = api.post("triage", f"/v1/rulesets/{number}/replay", as_="admin", json={"days": 30}).json()
    assert api.call("DELETE", "triage", f"/v1/replays/{started['id']}", as_="admin").status_code == 204
    state = api.get("triage", f"/v1/replays/{started['id']}", as_="admin").json()["state"]
    assert state in ("cancelled", "done")
    for body in ({"days": 0}, {"days": "x"}):
        problem(api.post("triage", f"/v1/rulesets/{number}/replay", as_="admin", json=body), 422)
    problem(api.post("triage", "/v1/rulesets/99999/replay", as_="admin", json={"days": 30}), 404)


@pytest.mark.parametrize("report", ["misroutes", "service-levels", "deflection"])
def test_reports_are_there(api: Api, report: str) -> None:
    assert api.get("triage", f"/v1/reports/{report}", as_="admin").status_code == 200


def test_parked_events(api: Api) -> None:
    assert set(api.get("triage", "/v1/events/parked", as_="admin").json()) == {"items", "next_cursor"}
    assert api.post("triage", "/v1/events/parked/replay", as_="admin", json={}).status_code == 200
    problem(api.post("triage", "/v1/events/parked/replay", as_="ads", json={}), 403)


@ONE_AT_A_TIME
def test_workers_decide_by_a_new_ruleset_at_once(api: Api, submission: Make) -> None:
    """Every running worker, within a second and without a restart; what is under way is decided by one of the two."""
    old = api.get("triage", "/v1/rulesets/active", as_="admin").json()
    word = f"zebra{submission()['email'].partition('@')[0].replace('-', '')}"
    rule = {"id": "zebra", "when": {"field": "message", "contains_any": [word]}, "then": {"team": "billing"}}
    new = _save(api, old["document"] | {"rules": [rule, *old["document"]["rules"]]})["number"]
    try:
        activated = api.post("triage", f"/v1/rulesets/{new}/activation", as_="admin", json={"comment": "Zebras."})
        assert activated.status_code == 200
        sent = [api.send(submission(message=f"A {word}.")).json()["reference"] for _ in range(10)]
        routed = [ticket(api.stack, reference) for reference in sent]
        assert {(one["team"], one["ruleset"]) for one in routed} == {("billing", new)}
    finally:
        api.post("triage", f"/v1/rulesets/{old['number']}/activation", as_="admin", json={"comment": "Back."})
    assert ticket(api.stack, api.send(submission(message=f"A {word}.")).json()["reference"])["team"] == "ads"
