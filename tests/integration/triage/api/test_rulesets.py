"""Rulesets over HTTP: saved, compared, activated, tried, explained."""

import json
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from services.triage.rules.document.seed import seed_document
from tests.integration.triage.conftest import Caller, People, Triage


def _document(*rules: dict[str, Any]) -> dict[str, Any]:
    return {**seed_document(), "rules": list(rules)}


ALL_TO_BILLING = {"id": "all", "then": {"team": "billing"}}


@pytest.fixture
def admin(people: People) -> Caller:
    return people("admin", name="Berit")


def test_the_seed_is_ruleset_1_and_active(admin: Caller) -> None:
    active = admin.get("/v1/rulesets/active")
    assert (active["number"], active["state"], active["created_by"]) == (1, "active", "system")
    assert active["document"] == seed_document()
    assert list(active["document"]) == list(seed_document())
    assert admin.get("/v1/rulesets/1") == active


def test_a_saved_ruleset_is_a_draft_without_effect_until_it_is_activated(admin: Caller, triage: Triage) -> None:
    saved = admin.post("/v1/rulesets", {"document": _document(ALL_TO_BILLING), "comment": "all"}, 201)
    assert (saved["number"], saved["state"], saved["created_by"], saved["activated_at"]) == (2, "draft", "Berit", None)
    assert triage.ticket(triage.submit("ads/metrics")).team == "ads"
    activated = admin.post("/v1/rulesets/2/activation", {"comment": "now", "expected_active": 1})
    assert activated["state"] == "active"
    assert activated["activated_at"] is not None
    assert triage.ticket(triage.submit("ads/metrics")).team == "billing"
    assert admin.get("/v1/rulesets/1")["state"] == "retired"
    admin.post("/v1/rulesets/1/activation", {"comment": "back"})
    assert triage.ticket(triage.submit("ads/metrics")).team == "ads"
    assert [(item["number"], item["state"]) for item in admin.get("/v1/rulesets")["items"]] == [
        (2, "retired"),
        (1, "active"),
    ]
    changes = triage.rows("select number, action, previous, by, origin from triage.ruleset_changes order by id")
    assert [tuple(row) for row in changes][2:] == [
        (2, "saved", None, "Berit", "127.0.0.1"),
        (2, "activated", 1, "Berit", "127.0.0.1"),
        (1, "activated", 2, "Berit", "127.0.0.1"),
    ]


def test_all_validation_errors_are_named_at_once(admin: Caller) -> None:
    rules = [
        {"id": "a", "when": {"all": [{"field": "colour", "is": "red"}]}, "then": {"team": "nobody"}},
        {"id": "a", "then": {"priority": "asap"}},
    ]
    errors = admin.post("/v1/rulesets", {"document": _document(*rules)}, 422)["errors"]
    assert {
        "document.rules[0].when.all[0].field",
        "document.rules[0].then.team",
        "document.rules[1].id",
        "document.rules[1].then.priority",
    } <= set(errors)
    assert [item["number"] for item in admin.get("/v1/rulesets")["items"]] == [1]


def test_an_unexpected_active_ruleset_is_a_conflict(admin: Caller) -> None:
    admin.post("/v1/rulesets", {"document": _document()}, 201)
    admin.post("/v1/rulesets/2/activation", {"expected_active": 7}, 409)
    admin.post("/v1/rulesets/9/activation", {}, 404)
    assert admin.get("/v1/rulesets/active")["number"] == 1


def test_one_of_two_simultaneous_activations_is_a_conflict(admin: Caller, people: People) -> None:
    for _ in range(2):
        admin.post("/v1/rulesets", {"document": _document()}, 201)
    barrier = threading.Barrier(2)
    statuses: list[int] = []

    def activate(number: int) -> None:
        caller = people("admin")
        barrier.wait()
        statuses.append(caller("POST", f"/v1/rulesets/{number}/activation", {"expected_active": 1}).status_code)

    threads = [threading.Thread(target=activate, args=(number,)) for number in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409]


def test_two_rulesets_are_compared(admin: Caller) -> None:
    admin.post("/v1/rulesets", {"document": _document(ALL_TO_BILLING)}, 201)
    diff = admin.get("/v1/rulesets/2/diff?against=1")
    assert [rule["id"] for rule in diff["added"]] == ["all"]
    assert len(diff["removed"]) == len(seed_document()["rules"])  # type: ignore[arg-type]
    admin.get("/v1/rulesets/2/diff?against=9", 404)
    admin.get("/v1/rulesets/2/diff", 422)


def test_only_admins_write_and_agents_do_not_read(people: People) -> None:
    for role in ("lead", "auditor"):
        caller = people(role, "ads")
        caller.get("/v1/rulesets")
        caller.post("/v1/rulesets", {"document": _document()}, 403)
        caller.post("/v1/rulesets/1/activation", {}, 403)
    people("agent", "ads").get("/v1/rulesets", 403)


def test_a_saved_ruleset_never_changes(triage: Triage) -> None:
    with pytest.raises(Exception, match="never changes"):
        triage.rows("update triage.rulesets set comment = 'x' where number = 1")
    with pytest.raises(Exception, match="never changes"):
        triage.rows("update triage.rulesets set source = 'x' where number = 1")
    with pytest.raises(Exception, match="append-only"):
        triage.rows("delete from triage.ruleset_changes")


_MANY: list[dict[str, Any]] = [{"id": f"r{n}", "then": {"priority": "low"}} for n in range(50_000)]


def _deep(levels: int) -> str:
    return '{"document": {"rules": ' + '{"all": [' * levels + "]}" * levels + "}}"


@contextmanager
def counted_calls() -> Iterator[Counter[str]]:
    """Counts this thread's calls of Python functions: what something costs, however busy the machine is."""
    counted: Counter[str] = Counter()

    def count(_called: object, event: str, _argument: object) -> None:
        if event == "call":
            counted[event] += 1

    sys.setprofile(count)
    try:
        yield counted
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('{"document": {"rules": "' + "x" * (5 << 20) + '"}}', id="5 MB"),
        pytest.param(json.dumps({"document": _document(*_MANY)}), id="50,000 rules"),
        pytest.param(_deep(10_000), id="10,000 deep"),
        pytest.param('{"document": {}, "surprise": 1}', id="unknown key"),
        pytest.param('{"document": []}', id="a list"),
        pytest.param('{"document": %s, "document": %s}' % ((json.dumps(_document()),) * 2), id="a key twice"),
        pytest.param("[]", id="no object"),
        pytest.param('{"comment": "x"}', id="no document"),
        pytest.param(json.dumps({"document": _document({"id": "a\u0000", "then": {"team": "ads"}})}), id="NUL"),
    ],
)
def test_a_huge_or_deep_document_is_refused(body: str, admin: Caller) -> None:
    with counted_calls() as calls:
        answer = admin.client.post("/v1/rulesets", data=body, headers=admin.headers, content_type="application/json")
    assert answer.status_code == 422, answer.text
    # To look at a single rule takes dozens of calls; reading the JSON takes two for each.
    assert calls.total() < 3 * len(_MANY)
    assert len(answer.data) < 1_000
    assert admin.get("/v1/rulesets/active")["number"] == 1


def test_broken_json_is_a_bad_request(admin: Caller) -> None:
    answer = admin.client.post("/v1/rulesets", data="{", headers=admin.headers, content_type="application/json")
    assert answer.status_code == 400
    answer = admin.client.post("/v1/rulesets", data="a: 1", headers=admin.headers, content_type="text/yaml")
    assert answer.status_code == 415


def test_trying_a_ruleset_changes_nothing(admin: Caller, triage: Triage) -> None:
    ticket = {"category": "account/login", "email": "a@example.com", "message": "jag är hackad"}
    tried = admin.post("/v1/route", {"ticket": ticket})
    assert (tried["ruleset"], tried["team"], tried["priority"], tried["tags"]) == (1, "account", "urgent", ["security"])
    assert (tried["respond_within"], tried["hold"]) == ("1h", None)
    assert tried["decided"]["priority"]["rule"] == "break-in"
    assert tried["decided"]["tags"]["rules"] == ["break-in"]
    assert all({"rule", "failed"} <= set(entry) for entry in tried["not_matched"])
    assert triage.rows("select count(*) from triage.tickets")[0][0] == 0


def test_a_draft_can_be_tried_and_holds_a_ticket_with_missing_evidence(admin: Caller) -> None:
    ticket = {"category": "business/blocked-link", "message": "x"}
    assert admin.post("/v1/route", {"ticket": ticket})["hold"] == "evidence"
    admin.post("/v1/rulesets", {"document": _document(ALL_TO_BILLING)}, 201)
    tried = admin.post("/v1/route", {"ticket": ticket, "ruleset": 2})
    assert (tried["ruleset"], tried["team"], tried["hold"]) == (2, "billing", None)
    admin.post("/v1/route", {"ticket": ticket, "ruleset": 9}, 404)
    assert "ticket.category" in admin.post("/v1/route", {"ticket": {**ticket, "category": "x"}}, 422)["errors"]


def test_a_ticket_is_explained_by_the_ruleset_that_routed_it(admin: Caller, triage: Triage, people: People) -> None:
    reference = triage.submit("business/pin-button", message="var är mitt kvitto?")
    before = people("agent", "billing").get(f"/v1/tickets/{reference}/explanation")
    assert (before["ruleset"], before["team"]) == (1, "billing")
    assert before["decided"]["team"]["rule"] is not None
    admin.post("/v1/rulesets", {"document": _document()}, 201)
    admin.post("/v1/rulesets/2/activation", {})
    assert admin.get(f"/v1/tickets/{reference}/explanation") == before


@pytest.mark.parametrize(
    "statement",
    [
        "update triage.ruleset_changes set by = 'somebody'",
        "delete from triage.ruleset_changes",
        "truncate triage.ruleset_changes",
        "truncate triage.rulesets cascade",
    ],
)
def test_the_ruleset_log_cannot_be_changed(statement: str, admin: Caller, triage: Triage) -> None:
    admin.post("/v1/rulesets", {"document": _document(ALL_TO_BILLING), "comment": "all"}, 201)
    before = triage.rows("select * from triage.ruleset_changes order by id")
    assert (before[-1].by, before[-1].action) == ("Berit", "saved")
    assert before[-1].account.endswith("@example.com")
    assert (before[-1].origin, before[-1].comment) == ("127.0.0.1", "all")
    with pytest.raises(DBAPIError, match="append-only"):
        triage.rows(statement)
    assert triage.rows("select * from triage.ruleset_changes order by id") == before
