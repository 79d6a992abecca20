"""Claims over HTTP."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from services.triage.timers.expire_claims import expire_claims
from tests.integration.triage.conftest import People, Triage


def test_the_most_urgent_come_first(triage: Triage, people: People) -> None:
    day = "2026-11-20T10:00:0{}+00:00"
    low = triage.submit("ads/getting-started", country="SE", submitted_at=day.format(0))
    older = triage.submit("ads/metrics", submitted_at=day.format(1))
    newer = triage.submit("ads/metrics", submitted_at=day.format(2))
    triage.rows("update triage.tickets set respond_by = '2026-11-20T20:00:00+00:00'")
    soonest = triage.submit("ads/metrics", submitted_at="2026-11-20T09:00:00+00:00")
    claimed = people("agent", "ads").claim(limit=100)
    assert [claim["ticket"]["reference"] for claim in claimed] == [soonest, older, newer, low]


def test_a_claim_has_the_fields_of_the_contract(triage: Triage, people: People) -> None:
    reference = triage.submit("ads/metrics")
    agent = people("agent", "ads")
    [claim] = agent.claim(lease_seconds=600)
    assert set(claim) == {"claim", "version", "lease_expires_at", "ticket"}
    assert claim["ticket"]["reference"] == reference
    assert (claim["ticket"]["state"], claim["ticket"]["claimed_by"]) == ("claimed", agent.name)
    left = datetime.fromisoformat(claim["lease_expires_at"]) - triage.rows("select clock_timestamp()")[0][0]
    assert timedelta(seconds=590) < left <= timedelta(seconds=600)
    assert agent.claim() == []
    assert triage.timeline(reference) == ["routed", "claimed"]


def test_an_extended_claim_ends_later_and_keeps_its_version(triage: Triage, people: People) -> None:
    triage.submit("ads/metrics")
    agent = people("agent", "ads")
    [claim] = agent.claim()
    longer = agent.patch(f"/v1/claims/{claim['claim']}", {"lease_seconds": 3600})
    assert longer["version"] == claim["version"]
    assert longer["lease_expires_at"] > claim["lease_expires_at"]


def test_the_ticket_of_a_released_claim_is_open_again(triage: Triage, people: People) -> None:
    reference = triage.submit("ads/metrics")
    agent = people("agent", "ads")
    [claim] = agent.claim()
    due = triage.ticket(reference).respond_by
    assert agent("DELETE", f"/v1/claims/{claim['claim']}?reason={'x' * 2_001}").status_code == 422
    assert agent("DELETE", f"/v1/claims/{claim['claim']}?reason=Not+my+language").status_code == 204
    assert agent.get(f"/v1/tickets/{reference}")["timeline"][-1]["message"] == "Not my language"
    assert agent("DELETE", f"/v1/claims/{claim['claim']}").status_code == 409
    assert agent("PATCH", f"/v1/claims/{claim['claim']}", {"lease_seconds": 5}).status_code == 409
    assert triage.ticket(reference).respond_by == due
    [again] = agent.claim()
    assert again["version"] > claim["version"]
    assert again["claim"] != claim["claim"]


def _end_leases(triage: Triage) -> None:
    triage.rows("update triage.tickets set lease_expires_at = clock_timestamp() - interval '1 second'")
    triage.rows("update triage.claims set lease_expires_at = clock_timestamp() - interval '1 second'")


def test_an_ended_lease_does_not_count_even_before_the_timer(triage: Triage, people: People) -> None:
    reference = triage.submit("ads/metrics")
    agent, other = people("agent", "ads"), people("agent", "ads")
    [claim] = agent.claim()
    _end_leases(triage)
    assert agent("PATCH", f"/v1/claims/{claim['claim']}", {"lease_seconds": 5}).status_code == 409
    assert agent.get(f"/v1/tickets/{reference}")["state"] == "open"
    [second] = other.claim()
    assert second["ticket"]["reference"] == reference
    assert triage.timeline(reference) == ["routed", "claimed", "lease_expired", "claimed"]
    assert agent("DELETE", f"/v1/claims/{claim['claim']}").status_code == 409


def test_the_timer_opens_tickets_whose_lease_has_ended(triage: Triage, people: People) -> None:
    reference = triage.submit("ads/metrics")
    people("agent", "ads").claim()
    with triage.engine.begin() as connection:
        assert expire_claims(connection) == 0
    _end_leases(triage)
    with triage.engine.begin() as connection:
        assert expire_claims(connection) == 1
    assert triage.ticket(reference).state == "open"
    assert triage.rows("select ended_how from triage.claims")[0].ended_how == "expired"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("ads", {"limit": 0, "lease_seconds": 5}, 422),
        ("ads", {"limit": 101, "lease_seconds": 5}, 422),
        ("ads", {"limit": 1, "lease_seconds": 0}, 422),
        ("ads", {"limit": 1, "lease_seconds": 3601}, 422),
        ("ads", {"limit": "1", "lease_seconds": 5}, 422),
        ("ads", {"limit": True, "lease_seconds": 5}, 422),
        ("ads", {"limit": 1, "lease_seconds": 5, "more": 1}, 422),
        ("ads", [], 422),
        ("billing", {"limit": 1, "lease_seconds": 5}, 403),
        ("nobody", {"limit": 1, "lease_seconds": 5}, 404),
    ],
)
def test_a_wrong_request_for_a_claim_is_refused(path: str, body: object, status: int, people: People) -> None:
    people("agent", "ads").post(f"/v1/queues/{path}/claims", body, status)


def test_an_unknown_claim_is_not_found(people: People) -> None:
    agent = people("agent", "ads")
    for claim in (uuid4(), "x"):
        assert agent("DELETE", f"/v1/claims/{claim}").status_code == 404
        assert agent("PATCH", f"/v1/claims/{claim}", {"lease_seconds": 5}).status_code == 404


def test_only_the_holder_and_leads_end_a_claim(triage: Triage, people: People) -> None:
    triage.submit("ads/metrics")
    [claim] = people("agent", "ads").claim()
    path = f"/v1/claims/{claim['claim']}"
    for stranger in (people("agent", "billing"), people("agent", "ads"), people("auditor"), people("lead", "billing")):
        assert stranger("DELETE", path).status_code == 403
    assert people("lead", "ads")("DELETE", path).status_code == 204


def test_a_read_only_token_cannot_claim(triage: Triage, people: People) -> None:
    triage.submit("ads/metrics")
    reader = people("agent", "ads", scopes=("read",))
    reader.post("/v1/queues/ads/claims", {"limit": 1, "lease_seconds": 5}, 403)
    assert len(reader.get("/v1/tickets")["items"]) == 1
