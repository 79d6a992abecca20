"""Replays: figures, changed tickets, permissions, cancelling, errors."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from services.triage.replays.past_tickets import ROWS
from services.triage.replays.replay_chunk import replay_chunk
from tests.integration.triage.conftest import Caller, People, Triage, submitted
from tests.integration.triage.replays.conftest import document, run_all

INVOICES: dict[str, object] = {
    "id": "invoices",
    "when": {"field": "message", "contains_any": ["invoice"]},
    "then": {"team": "billing", "priority": "high"},
}


def _save(admin: Caller, *rules: dict[str, object]) -> int:
    number: int = admin.post("/v1/rulesets", {"document": document(*rules), "comment": "try"}, 201)["number"]
    return number


def _replay(admin: Caller, triage: Triage, number: int, days: int = 30) -> str:
    replay: str = admin.post(f"/v1/rulesets/{number}/replay", {"days": days}, 202)["id"]
    run_all(triage, replay)
    return replay


def test_changed_decisions_are_counted_and_explained_and_tickets_stay_as_they_are(
    admin: Caller, triage: Triage
) -> None:
    moved = triage.submit("ads/metrics", message="Where is my INVOICE?")
    triage.submit("ads/metrics")
    triage.submit("account/login", message="I have been hacked")
    before = triage.rows("select * from triage.tickets order by sequence")
    replay = _replay(admin, triage, _save(admin, INVOICES))
    found = admin.get(f"/v1/replays/{replay}")
    assert (found["state"], found["progress"]) == ("done", {"done": 3, "total": 3})
    assert sorted((row["from"], row["to"], row["count"]) for row in found["matrix"]) == [
        ("account", "account", 1),
        ("ads", "ads", 1),
        ("ads", "billing", 1),
    ]
    assert found["changed"] == 2  # the break-in is no longer urgent
    assert {(row["from"], row["to"]) for row in found["priorities"]} == {("normal", "high"), ("urgent", "normal")}
    items = admin.get(f"/v1/replays/{replay}/changes")["items"]
    first = next(one for one in items if one["reference"] == moved)
    assert (first["from"], first["to"], first["category"]) == ("ads", "billing", "ads/metrics")
    assert first["why"]["team"]["rule"] == "invoices"
    assert first["why"]["team"]["because"] == [INVOICES["when"]]
    assert first["changes"]["priority"] == {"from": "normal", "to": "high", "rule_then": None}
    assert triage.rows("select * from triage.tickets order by sequence") == before


def test_a_replay_of_the_active_ruleset_changes_nothing(admin: Caller, triage: Triage) -> None:
    for category in ("ads/metrics", "account/login", "business/other"):
        triage.submit(category, message="hacked, and an invoice", missing_evidence=["pin_url"])
    found = admin.get(f"/v1/replays/{_replay(admin, triage, 1)}")
    assert (found["changed"], found["agreement"]) == (0, {"then": None, "draft": None})
    assert sum(row["count"] for row in found["matrix"]) == 3


def test_changed_holds_are_counted(admin: Caller, triage: Triage) -> None:
    triage.submit("business/blocked-link", missing_evidence=["pin_url"])
    found = admin.get(f"/v1/replays/{_replay(admin, triage, _save(admin))}")
    assert found["holds"] == [{"from": True, "to": False, "count": 1}]


def test_agreement_compares_with_the_team_that_resolved(admin: Caller, triage: Triage) -> None:
    wrong, right, still_open = (triage.submit("ads/metrics", message=f"invoice {n}") for n in range(3))
    triage.rows("update triage.tickets set team = 'billing' where reference = :one", one=wrong)
    triage.rows("update triage.tickets set state = 'resolved' where reference = any(:some)", some=[wrong, right])
    found = admin.get(f"/v1/replays/{_replay(admin, triage, _save(admin, INVOICES))}")
    assert found["agreement"] == {"then": 0.5, "draft": 0.5}
    assert triage.ticket(still_open).team == "ads"
    by_words = {**INVOICES, "when": {"field": "message", "contains_any": ["0"]}}
    found = admin.get(f"/v1/replays/{_replay(admin, triage, _save(admin, by_words))}")
    assert found["agreement"] == {"then": 0.5, "draft": 1.0}


def test_older_tickets_are_left_out(admin: Caller, triage: Triage) -> None:
    triage.submit("ads/metrics", submitted_at=(datetime.now(UTC) - timedelta(days=8)).isoformat())
    triage.submit("ads/metrics")
    number = _save(admin, INVOICES)
    assert admin.get(f"/v1/replays/{_replay(admin, triage, number, 7)}")["progress"]["total"] == 1
    assert admin.get(f"/v1/replays/{_replay(admin, triage, number, 9)}")["progress"]["total"] == 2


def test_tickets_of_several_batches_are_counted_once(admin: Caller, triage: Triage) -> None:
    # Many with the same time, so that a batch ends among them.
    at = datetime.now(UTC).isoformat()
    triage.take(*(submitted("ads/metrics", submitted_at=at, message="invoice") for _ in range(200)))
    triage.rows(
        """insert into triage.tickets (reference, team, state, category, priority, tags, message, email, details,
               missing_evidence, key_number, correlation_id, created_at, ruleset, facts, decision)
           select reference || '-' || n, team, state, category, priority, tags, message, email, details,
               missing_evidence, key_number, correlation_id, created_at, ruleset, facts, decision
           from triage.tickets, generate_series(1, :times) as n""",
        times=ROWS * 2 // 200,
    )
    replay = _replay(admin, triage, _save(admin, INVOICES))
    found = admin.get(f"/v1/replays/{replay}")
    assert found["matrix"] == [{"from": "ads", "to": "billing", "count": ROWS * 2 + 200}]
    seen: list[str] = []
    cursor = ""
    for _ in range(4):
        page = admin.get(f"/v1/replays/{replay}/changes?limit=200{cursor}")
        seen += [one["reference"] for one in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert len(set(seen)) == 800


def test_a_cancelled_replay_stops(admin: Caller, triage: Triage) -> None:
    triage.submit("ads/metrics")
    replay = admin.post(f"/v1/rulesets/{_save(admin, INVOICES)}/replay", {}, 202)["id"]
    assert admin.get(f"/v1/replays/{replay}")["state"] == "queued"
    assert admin("DELETE", f"/v1/replays/{replay}").status_code == 204
    run_all(triage, replay)
    found = admin.get(f"/v1/replays/{replay}")
    assert (found["state"], found["progress"]["done"]) == ("cancelled", 0)
    assert admin("DELETE", f"/v1/replays/{replay}").status_code == 204


def test_a_repeated_task_counts_nothing_twice(admin: Caller, triage: Triage) -> None:
    triage.submit("ads/metrics", message="invoice")
    replay = UUID(admin.post(f"/v1/rulesets/{_save(admin, INVOICES)}/replay", {"days": 1}, 202)["id"])
    assert replay_chunk(triage.engine, triage.rulesets, replay, 0) == 1
    assert replay_chunk(triage.engine, triage.rulesets, replay, 0) is None
    assert replay_chunk(triage.engine, triage.rulesets, replay, 1) is None
    assert replay_chunk(triage.engine, triage.rulesets, replay, 1) is None
    assert admin.get(f"/v1/replays/{replay}")["progress"] == {"done": 1, "total": 1}


def test_an_error_ends_the_replay_as_failed(admin: Caller, triage: Triage) -> None:
    reference = triage.submit("ads/metrics")
    triage.rows("update triage.tickets set decision = '{}' where reference = :one", one=reference)
    replay = admin.post("/v1/rulesets/1/replay", {}, 202)["id"]
    with pytest.raises(KeyError):
        run_all(triage, replay)
    found = admin.get(f"/v1/replays/{replay}")
    assert (found["state"], found["error"]) == ("failed", "KeyError: 'team'")


def test_admins_start_and_cancel_and_leads_only_read(admin: Caller, people: People, triage: Triage) -> None:
    replay = _replay(admin, triage, 1)
    for role in ("lead", "auditor"):
        reader = people(role, "ads") if role == "lead" else people("auditor")
        reader.post("/v1/rulesets/1/replay", {"days": 1}, 403)
        assert reader("DELETE", f"/v1/replays/{replay}").status_code == 403
        reader.get(f"/v1/replays/{replay}")
        reader.get(f"/v1/replays/{replay}/changes")
    agent = people("agent", "ads")
    agent.get(f"/v1/replays/{replay}", 403)


def test_unknown_replays_and_days_out_of_range_are_errors(admin: Caller) -> None:
    admin.post("/v1/rulesets/99/replay", {"days": 1}, 404)
    for days in (0, 4_000, "7", None):
        assert "days" in admin.post("/v1/rulesets/1/replay", {"days": days}, 422)["errors"]
    admin.get(f"/v1/replays/{uuid4()}", 404)
    admin.get(f"/v1/replays/{uuid4()}/changes", 404)
    assert admin("DELETE", f"/v1/replays/{uuid4()}").status_code == 404
