"""Which requests start a bulk, and on which tickets."""

from typing import Any
from uuid import uuid4

import pytest

from services.triage.timers.fill_search import fill_search
from tests.integration.triage.bulk.conftest import TRANSFER, Bulks
from tests.integration.triage.conftest import Caller, People, Triage

HIGH = {"kind": "priority", "priority": "high"}


def _indexed(triage: Triage) -> None:
    with triage.engine.begin() as connection:
        fill_search(connection)


def test_a_bulk_is_queued_and_has_a_result_a_ticket(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    references = [triage.submit() for _ in range(3)]
    bulk = bulks.start(ads, references, HIGH)
    found = ads.get(f"/v1/bulk/{bulk}")
    assert (found["state"], found["progress"], found["results"]) == ("queued", {"done": 0, "total": 3}, [])
    bulks.run(bulk)
    found = ads.get(f"/v1/bulk/{bulk}")
    assert (found["state"], found["progress"]) == ("done", {"done": 3, "total": 3})
    assert found["results"] == [{"reference": one, "status": "done", "why": None} for one in sorted(references)]
    assert {triage.ticket(one).priority for one in references} == {"high"}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"action": HIGH}, {"references", "query"}),
        ({"references": ["x"], "query": "x", "action": HIGH}, {"references", "query"}),
        ({"references": [], "action": HIGH}, {"references"}),
        ({"references": ["x"] * 201, "action": HIGH}, {"references"}),
        ({"references": ["x" * 101], "action": HIGH}, {"references[0]"}),
        ({"references": ["x"]}, {"action"}),
        ({"references": ["x"], "action": "transfer"}, {"action"}),
        ({"references": ["x"], "action": {}}, {"action.kind"}),
        ({"references": ["x"], "action": {"kind": "note", "message": "x"}}, {"action.kind"}),
        ({"references": ["x"], "action": {"kind": ["transfer"]}}, {"action.kind"}),
        ({"references": ["x"], "action": {"kind": "transfer"}}, {"action.team", "action.reason"}),
        ({"references": ["x"], "action": {**TRANSFER, "team": "none"}}, {"action.team"}),
        ({"references": ["x"], "action": {**TRANSFER, "cause": "none"}}, {"action.cause"}),
        ({"references": ["x"], "action": {**HIGH, "claim": str(uuid4())}}, {"action.claim"}),
        ({"references": ["x"], "action": {**TRANSFER, "version": 1, "seen": 1}}, {"action.version", "action.seen"}),
        ({"references": ["x"], "action": {"kind": "resolution", "outcome": "no"}}, {"action.outcome"}),
        ({"references": ["x"], "action": {"kind": "tags"}}, {"action.add"}),
        ({"references": ["x"], "action": {"kind": "tags", "add": [" "]}}, {"action.add[0]"}),
        ({"references": ["x"], "action": {"kind": "priority", "priority": "sky"}}, {"action.priority"}),
        ({"references": ["x"], "action": {"kind": "owner"}}, {"action.email"}),
        ({"references": ["x"], "action": {"kind": "owner", "email": "none@example.org"}}, {"action.email"}),
        ({"references": ["x"], "action": {"kind": "reply", "message": " "}}, {"action.message"}),
        (
            {"references": ["x"], "action": {"kind": "reply", "message": "x", "attachments": [str(uuid4())]}},
            {"action.attachments"},
        ),
        ({"query": " ", "action": HIGH}, {"query"}),
        ({"query": "x", "expected": "3", "action": HIGH}, {"expected"}),
        ({"query": "x", "more": 1, "action": HIGH}, {"more"}),
    ],
)
def test_a_wrong_body_names_its_fields_and_starts_nothing(
    ads: Caller, triage: Triage, body: dict[str, Any], fields: set[str]
) -> None:
    answer = ads.post("/v1/tickets/bulk", body, 422)
    assert set(answer["errors"]) == fields
    assert triage.rows("select id from triage.bulks") == []


def test_two_hundred_references_are_accepted_and_each_counts_once(ads: Caller, bulks: Bulks) -> None:
    bulk = bulks.start(ads, [f"T-{number}" for number in range(199)] + ["T-1"], HIGH)
    assert ads.get(f"/v1/bulk/{bulk}")["progress"]["total"] == 199


def test_an_unknown_reference_fails_and_the_others_are_done(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    reference = triage.submit()
    bulk = bulks.do(ads, [reference, "T-0000-0000"], HIGH)
    assert bulks.results(ads, bulk) == {
        "T-0000-0000": ("failed", "There is no such ticket."),
        reference: ("done", None),
    }


def test_a_query_is_resolved_once_in_ones_own_teams(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    found = triage.submit(message="a zebra")
    triage.submit("billing/cost", message="a zebra")
    _indexed(triage)
    body = {"query": "zebra", "expected": 1, "action": HIGH}
    bulk = ads.post("/v1/tickets/bulk", body, 202)["id"]
    triage.submit(message="another zebra")
    _indexed(triage)
    bulks.run(bulk)
    assert bulks.results(ads, bulk) == {found: ("done", None)}


def test_another_number_than_expected_is_a_conflict(ads: Caller, triage: Triage) -> None:
    triage.submit(message="a zebra")
    _indexed(triage)
    answer = ads.post("/v1/tickets/bulk", {"query": "zebra", "expected": 2, "action": HIGH}, 409)
    assert answer["detail"] == "These are 1 tickets now, not 2."
    assert triage.rows("select id from triage.bulks") == []


def test_a_query_that_finds_nothing_is_done_at_once(ads: Caller, bulks: Bulks) -> None:
    bulk = ads.post("/v1/tickets/bulk", {"query": "zebra", "action": HIGH}, 202)["id"]
    bulks.run(bulk)
    found = ads.get(f"/v1/bulk/{bulk}")
    assert (found["state"], found["progress"], found["results"]) == ("done", {"done": 0, "total": 0}, [])


def test_a_repeated_request_starts_one_bulk(ads: Caller, triage: Triage) -> None:
    reference = triage.submit(message="a zebra")
    _indexed(triage)
    ads.headers["Idempotency-Key"] = "k"
    body = {"query": "zebra", "expected": 1, "action": HIGH}
    first = ads("POST", "/v1/tickets/bulk", body)
    triage.submit(message="another zebra")
    _indexed(triage)
    again = ads("POST", "/v1/tickets/bulk", body)
    assert (first.status_code, again.status_code, again.json) == (202, 202, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(triage.rows("select id from triage.bulks")) == 1
    assert ads("POST", "/v1/tickets/bulk", {"references": [reference], "action": HIGH}).status_code == 422


def test_nobody_else_sees_a_bulk_but_admins_and_auditors(
    ads: Caller, triage: Triage, people: People, bulks: Bulks
) -> None:
    bulk = bulks.start(ads, [triage.submit()], HIGH)
    for role, status in (("agent", 403), ("lead", 403), ("auditor", 200), ("admin", 200)):
        assert people(role, "ads")("GET", f"/v1/bulk/{bulk}").status_code == status  # type: ignore[arg-type]
    assert people("auditor")("POST", f"/v1/bulk/{bulk}/undo").status_code == 403
    assert people("lead", "ads")("POST", f"/v1/bulk/{bulk}/undo").status_code == 403
    assert ads("GET", f"/v1/bulk/{uuid4()}").status_code == 404
    assert ads("POST", f"/v1/bulk/{uuid4()}/undo").status_code == 404


def test_an_auditor_starts_none(people: People) -> None:
    people("auditor").post("/v1/tickets/bulk", {"references": ["x"], "action": HIGH}, 403)
