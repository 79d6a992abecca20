"""Actions on tickets over HTTP."""

import threading
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.triage.conftest import Caller, People, Triage


@pytest.fixture
def agent(people: People) -> Caller:
    return people("agent", "ads", name="Ada")


@pytest.fixture
def claim(triage: Triage, agent: Caller) -> dict[str, Any]:
    triage.submit("ads/disapproved", email="anna@example.com", locale="sv")
    [claim] = agent.claim()
    return dict(claim)


def _path(claim: dict[str, Any], action: str) -> str:
    return f"/v1/tickets/{claim['ticket']['reference']}/{action}"


def _held(claim: dict[str, Any]) -> dict[str, Any]:
    return {"claim": claim["claim"], "version": claim["version"]}


@pytest.mark.parametrize(("then", "state"), [("wait", "waiting"), ("resolve", "resolved"), ("keep", "claimed")])
def test_a_reply_sets_the_state_that_then_names(
    then: str, state: str, claim: dict[str, Any], agent: Caller, triage: Triage
) -> None:
    reference = claim["ticket"]["reference"]
    shown = agent.post(_path(claim, "replies"), {**_held(claim), "message": "Hej!", "then": then}, 201)
    assert shown["state"] == state
    assert shown["entry"]["message"] == "Hej!"
    assert shown["claimed_by"] == ("Ada" if then == "keep" else None)
    [answered] = triage.told(reference, "TicketAnswered")
    assert (answered["then"], answered["state"], answered["locale"], answered["by"]) == (then, state, "sv", "Ada")
    [row] = triage.rows("select personal from events.log where type = 'TicketAnswered'")
    assert (row.personal["email"], row.personal["message"]) == ("anna@example.com", "Hej!")
    assert [told["state"] for told in triage.told(reference, "TicketStateChanged")] == (
        [] if then == "keep" else [state]
    )
    live = triage.rows("select count(*) from triage.claims where ended_at is null")[0][0]
    assert live == (1 if then == "keep" else 0)


def test_a_replied_ticket_waits_by_default(claim: dict[str, Any], agent: Caller) -> None:
    assert agent.post(_path(claim, "replies"), {**_held(claim), "message": "Hej!"}, 201)["state"] == "waiting"


def test_internal_notes_and_kept_replies_leave_claim_and_version(claim: dict[str, Any], agent: Caller) -> None:
    agent.post(_path(claim, "notes"), {**_held(claim), "message": "hm"}, 201)
    agent.post(_path(claim, "replies"), {**_held(claim), "message": "Hej!", "then": "keep"}, 201)
    agent.post(_path(claim, "resolution"), {**_held(claim), "outcome": "solved"})


def test_an_internal_note_is_sent_to_no_subscriber(claim: dict[str, Any], agent: Caller, triage: Triage) -> None:
    agent.post(_path(claim, "notes"), {**_held(claim), "message": "hm"}, 201)
    reference = claim["ticket"]["reference"]
    assert triage.timeline(reference) == ["routed", "claimed", "noted"]
    told = triage.rows("""
        select log.type, log.payload, log.personal, count(d.*) as deliveries from events.log
        left join events.deliveries d on d.id = log.id
        where log.type not in ('TicketSubmitted', 'TicketRouted') group by log.id
    """)
    assert [tuple(row) for row in told] == [("TicketNoted", {"team": "ads", "by": "Ada"}, None, 0)]


def test_a_ticket_waits_for_requested_evidence_and_opens_when_it_arrives(triage: Triage, people: People) -> None:
    agent = people("agent", "business")
    reference = triage.submit("business/blocked-link")
    [claim] = agent.claim("business")
    body = {**_held(claim), "evidence": ["pin_url"], "message": "Which Pin?"}
    shown = agent.post(_path(claim, "information-requests"), body, 201)
    assert (shown["state"], shown["missing_evidence"]) == ("waiting", ["pin_url"])
    [asked] = triage.told(reference, "EvidenceRequested")
    assert (asked["evidence"], asked["category"], asked["key_number"]) == (["pin_url"], "business/blocked-link", 1)
    assert triage.told(reference, "TicketStateChanged")[0]["missing_evidence"] == ["pin_url"]
    triage.follow_up(reference, missing=[], details={"pin_url": "https://example.com/pin/1"}, filled=["pin_url"])
    shown = agent.get(f"/v1/tickets/{reference}")
    assert (shown["state"], shown["missing_evidence"]) == ("open", [])
    assert shown["details"] == {"pin_url": "https://example.com/pin/1"}
    assert shown["respond_by"] is not None


def test_a_disapproval_names_its_reasons(claim: dict[str, Any], agent: Caller, triage: Triage) -> None:
    body = {**_held(claim), "reasons": ["price_in_image_or_description", "excessive_hashtags"], "message": "See above."}
    assert agent.post(_path(claim, "disapproval"), body)["state"] == "resolved"
    [told] = triage.told(claim["ticket"]["reference"], "TicketDisapproved")
    assert told["reasons"] == ["price_in_image_or_description", "excessive_hashtags"]


def test_a_transferred_ticket_is_open_for_the_new_team(
    claim: dict[str, Any], agent: Caller, people: People, triage: Triage
) -> None:
    reference = claim["ticket"]["reference"]
    shown = agent.post(_path(claim, "transfer"), {**_held(claim), "team": "billing", "reason": "An invoice."})
    assert (shown["team"], shown["state"]) == ("billing", "open")
    [told] = triage.told(reference, "TicketTransferred")
    assert (told["team"], told["from_team"], told["cause"]) == ("billing", "ads", "wrong_team")
    agent.get(f"/v1/tickets/{reference}", 403)
    [claimed] = people("agent", "billing").claim("billing")
    assert claimed["ticket"]["reference"] == reference


@pytest.mark.parametrize("outcome", ["solved", "not_solved", "spam", "duplicate"])
def test_a_resolved_ticket_can_be_reopened(outcome: str, claim: dict[str, Any], agent: Caller, triage: Triage) -> None:
    assert agent.post(_path(claim, "resolution"), {**_held(claim), "outcome": outcome})["state"] == "resolved"
    assert agent.claim() == []
    agent.post(_path(claim, "replies"), {"message": "late"}, 409)
    shown = agent.post(_path(claim, "reopening"), {"reason": "Not yet."})
    assert shown["state"] == "open"
    assert shown["respond_by"] is not None
    assert len(agent.claim()) == 1
    states = [told["state"] for told in triage.told(claim["ticket"]["reference"], "TicketStateChanged")]
    assert states == ["resolved", "open"]


def test_actions_on_an_unclaimed_ticket_need_no_claim(triage: Triage, agent: Caller) -> None:
    reference = triage.submit("ads/metrics")
    path = f"/v1/tickets/{reference}/replies"
    agent.post(path, {"message": "x", "claim": str(uuid4())}, 409)
    assert agent.post(path, {"message": "Hej!"}, 201)["state"] == "waiting"


ACTIONS: list[tuple[str, dict[str, Any]]] = [
    ("replies", {"message": "x"}),
    ("disapproval", {"reasons": ["excessive_hashtags"]}),
    ("transfer", {"team": "billing", "reason": "x"}),
    ("resolution", {"outcome": "solved"}),
    ("reopening", {"reason": "x"}),
    ("information-requests", {"evidence": ["x"]}),
]


@pytest.mark.parametrize(("action", "body"), ACTIONS)
def test_actions_on_a_claimed_ticket_need_its_live_claim(
    action: str, body: dict[str, Any], claim: dict[str, Any], agent: Caller, people: People, triage: Triage
) -> None:
    path = _path(claim, action)
    agent.post(path, body, 409)
    agent.post(path, {**body, "claim": str(uuid4())}, 409)
    agent.post(path, {**body, "claim": "never was"}, 409)
    agent.post(path, {**body, **_held(claim), "version": claim["version"] - 1}, 409)
    agent.post(path, {**body, **_held(claim), "version": claim["version"] + 1}, 409)
    people("agent", "ads").post(path, {**body, **_held(claim)}, 403)
    people("agent", "billing").post(path, {**body, **_held(claim)}, 403)
    people("auditor").post(path, {**body, **_held(claim)}, 403)
    triage.rows("update triage.tickets set lease_expires_at = clock_timestamp() - interval '1 second'")
    triage.rows("update triage.claims set lease_expires_at = clock_timestamp() - interval '1 second'")
    agent.post(path, {**body, **_held(claim)}, 409)
    assert triage.timeline(claim["ticket"]["reference"]) == ["routed", "claimed"]
    agent.post(f"/v1/tickets/T-0000-0000/{action}", body, 404)


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("replies", {"message": ""}, "message"),
        ("replies", {"message": "   "}, "message"),
        ("replies", {"message": "x" * 10_001}, "message"),
        ("replies", {"message": "x", "then": "sleep"}, "then"),
        ("replies", {"message": "x", "more": 1}, "more"),
        ("replies", {"message": "a\u0000b"}, "message"),
        ("notes", {}, "message"),
        ("disapproval", {"reasons": []}, "reasons"),
        ("disapproval", {"reasons": ["excessive_hashtags", "ugly"]}, "reasons"),
        ("information-requests", {"evidence": []}, "evidence"),
        ("information-requests", {"evidence": ["nothing"]}, "evidence"),
        ("transfer", {"team": "nobody", "reason": "x"}, "team"),
        ("transfer", {"team": "ads", "reason": "x"}, "team"),
        ("transfer", {"team": "billing", "reason": ""}, "reason"),
        ("transfer", {"team": "billing", "reason": "x", "cause": "tired"}, "cause"),
        ("resolution", {"outcome": "lost"}, "outcome"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_changed(
    action: str, body: dict[str, Any], field: str, claim: dict[str, Any], agent: Caller, triage: Triage
) -> None:
    errors = agent.post(_path(claim, action), {**_held(claim), **body}, 422)["errors"]
    assert list(errors) == [field]
    assert triage.timeline(claim["ticket"]["reference"]) == ["routed", "claimed"]
    assert triage.ticket(claim["ticket"]["reference"]).state == "claimed"


def test_one_of_simultaneous_writes_succeeds(claim: dict[str, Any], agent: Caller, triage: Triage) -> None:
    barrier = threading.Barrier(8)
    statuses: list[int] = []

    def write() -> None:
        caller = Caller(agent.client.application, agent.headers["Authorization"].split()[1], "Ada")
        barrier.wait()
        statuses.append(caller("POST", _path(claim, "resolution"), {**_held(claim), "outcome": "solved"}).status_code)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 7
    assert len(triage.told(claim["ticket"]["reference"], "TicketResolved")) == 1


def test_a_lead_takes_over_a_claim_and_the_first_holder_gets_a_conflict(
    claim: dict[str, Any], agent: Caller, people: People, triage: Triage
) -> None:
    path = _path(claim, "takeover")
    people("agent", "ads").post(path, {"lease_seconds": 60}, 403)
    claim_of_lead = people("lead", "ads", name="Lea").post(path, {"lease_seconds": 60})
    assert claim_of_lead["ticket"]["claimed_by"] == "Lea"
    assert claim_of_lead["version"] > claim["version"]
    agent.post(_path(claim, "replies"), {**_held(claim), "message": "x"}, 409)
    assert triage.timeline(claim["ticket"]["reference"])[-1] == "taken_over"


def test_an_agent_claims_an_open_ticket_by_its_reference(triage: Triage, agent: Caller) -> None:
    reference = triage.submit("ads/metrics")
    picked = agent.post(f"/v1/tickets/{reference}/takeover", {"lease_seconds": 60})
    agent.post(f"/v1/tickets/{reference}/resolution", {**_held(picked), "outcome": "solved"})
    agent.post(f"/v1/tickets/{reference}/takeover", {"lease_seconds": 60}, 409)


def test_keys_are_renewed_without_the_claim_by_those_who_may_write(
    claim: dict[str, Any], people: People, triage: Triage
) -> None:
    path, reference = _path(claim, "key-renewal"), claim["ticket"]["reference"]
    shown = people("agent", "ads", name="Bo").post(path, None)
    assert (shown["reference"], shown["timeline"][-1]["kind"], shown["timeline"][-1]["by"]) == (
        reference,
        "keys_renewed",
        "Bo",
    )
    people("agent", "billing").post(path, None, 403)
    people("auditor").post(path, None, 403)
    people("agent", "ads").post("/v1/tickets/T-0000-0000/key-renewal", None, 404)
    assert triage.told(reference, "KeyRenewalRequested") == [{"team": "ads", "by": "Bo"}]


def test_tags_and_priority_are_changed(claim: dict[str, Any], agent: Caller, triage: Triage) -> None:
    reference = claim["ticket"]["reference"]
    before = triage.ticket(reference)
    shown = agent.patch(f"/v1/tickets/{reference}", {**_held(claim), "priority": "high", "tags": ["vip", "vip"]})
    assert (shown["priority"], shown["tags"]) == ("high", ["vip"])
    [told] = triage.told(reference, "TicketChanged")
    assert told == {"team": "ads", "by": "Ada", "priority": ["normal", "high"], "tags": [[], ["vip"]]}
    assert triage.ticket(reference).respond_by == before.respond_by
    agent.patch(f"/v1/tickets/{reference}", {**_held(claim), "priority": "asap"}, 422)
    agent.patch(f"/v1/tickets/{reference}", {**_held(claim), "tags": [""]}, 422)
