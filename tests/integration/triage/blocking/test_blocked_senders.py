"""Blocked senders: who blocks whom, and what becomes of what they send."""

import threading
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.triage.conftest import Caller, People, Triage
from tests.integration.triage.webhooks.conftest import AdsTeam

SENDER = "spam@example.net"


@pytest.fixture
def lead(people: People) -> Caller:
    return people("lead", "ads")


def block(lead: Caller, status: int = 201, **body: Any) -> Any:
    return lead.post("/v1/blocked-senders", {"reason": "Spam", **body}, status)


def state(triage: Triage, reference: str) -> str:
    return str(triage.ticket(reference).state)


def test_a_lead_blocks_lists_and_unblocks(people: People, lead: Caller) -> None:
    address, domain = block(lead, email="Spam+1@Example.net"), block(lead, domain="@Bücher.example")
    assert (address["email"], address["domain"], address["reason"]) == (SENDER, None, "Spam")
    assert (domain["email"], domain["domain"]) == (None, "xn--bcher-kva.example")
    assert (address["blocked_by"], set(address)) == (
        lead.name,
        {"id", "email", "domain", "reason", "blocked_by", "blocked_at"},
    )
    first = lead.get("/v1/blocked-senders?limit=1")
    assert first["items"] == [domain]
    assert lead.get(f"/v1/blocked-senders?limit=1&cursor={first['next_cursor']}")["items"] == [address]
    assert people("auditor").get("/v1/blocked-senders")["items"] == [domain, address]
    answer = lead("DELETE", f"/v1/blocked-senders/{address['id']}")
    assert (answer.status_code, answer.data) == (204, b"")
    assert lead("DELETE", f"/v1/blocked-senders/{address['id']}").status_code == 404
    assert lead("DELETE", f"/v1/blocked-senders/{uuid4()}").status_code == 404
    assert people("admin").get("/v1/blocked-senders")["items"] == [domain]


@pytest.mark.parametrize("role", ["agent", "service"])
def test_agents_may_not(people: People, role: Any) -> None:
    agent = people(role, "ads")
    block(agent, 403, email=SENDER)
    agent.get("/v1/blocked-senders", 403)
    assert agent("DELETE", f"/v1/blocked-senders/{uuid4()}").status_code == 403


def test_auditors_only_read(people: People) -> None:
    block(people("auditor"), 403, email=SENDER)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"reason": "x"}, ["domain", "email"]),
        ({"email": SENDER, "domain": "example.net", "reason": "x"}, ["domain", "email"]),
        ({"email": "nobody", "reason": "x"}, ["email"]),
        ({"email": "", "reason": "x"}, ["email"]),
        ({"email": None, "reason": "x"}, ["email"]),
        ({"domain": "net", "reason": "x"}, ["domain"]),
        ({"domain": "a b.example", "reason": "x"}, ["domain"]),
        ({"domain": SENDER, "reason": "x"}, ["domain"]),
        ({"email": SENDER}, ["reason"]),
        ({"email": SENDER, "reason": " "}, ["reason"]),
        ({"email": SENDER, "reason": "x" * 501}, ["reason"]),
        ({"email": SENDER, "reason": "x", "team": "ads"}, ["team"]),
    ],
)
def test_wrong_fields_are_named(lead: Caller, body: Any, fields: list[str]) -> None:
    assert sorted(lead.post("/v1/blocked-senders", body, 422)["errors"]) == fields


def test_one_that_is_blocked_is_a_conflict_and_a_repeat_is_none(lead: Caller) -> None:
    blocked = block(lead, email=SENDER)
    block(lead, 409, email=SENDER.upper())
    lead.headers["Idempotency-Key"] = "k"
    made = block(lead, domain="example.net")
    answer = lead("POST", "/v1/blocked-senders", {"reason": "Spam", "domain": "example.net"})
    assert (answer.status_code, answer.json) == (201, made)
    assert answer.headers["Idempotency-Replayed"] == "true"
    lead("DELETE", f"/v1/blocked-senders/{made['id']}")
    block(lead, 409, domain="example.net")
    assert lead.get("/v1/blocked-senders")["items"] == [blocked]


def test_two_at_once_block_once(people: People) -> None:
    codes: list[int] = []
    barrier = threading.Barrier(2)

    def act(caller: Caller) -> None:
        barrier.wait()
        codes.append(caller("POST", "/v1/blocked-senders", {"email": SENDER, "reason": "x"}).status_code)

    threads = [threading.Thread(target=act, args=(people("lead", "ads"),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [201, 409]


def test_a_blocked_ticket_is_in_its_list_and_in_no_queue(triage: Triage, lead: Caller) -> None:
    block(lead, email=SENDER)
    reference = triage.submit(email=SENDER)
    [row] = lead.get("/v1/tickets?state=blocked")["items"]
    assert (row["reference"], row["state"], row["respond_by"]) == (reference, "blocked", None)
    assert len(lead.get("/v1/tickets")["items"]) == 1
    [queue] = lead.get("/v1/queues")["items"]
    assert {
        name: queue[name] for name in ("open", "held", "claimed", "waiting", "snoozed", "breached")
    } == dict.fromkeys(("open", "held", "claimed", "waiting", "snoozed", "breached"), 0)
    assert queue["oldest_open_at"] is None
    assert lead.claim() == []
    for method, path, body in (
        ("POST", "takeover", {"lease_seconds": 60}),
        ("POST", "replies", {"message": "x"}),
        ("POST", "resolution", {"outcome": "spam"}),
        ("POST", "transfer", {"team": "billing", "reason": "x"}),
        ("POST", "release", {"reason": "x"}),
        ("POST", "reopening", {"reason": "x"}),
        ("PUT", "snooze", {"until": "2027-06-30T00:00:00Z"}),
    ):
        assert lead(method, f"/v1/tickets/{reference}/{path}", body).status_code in (409, 422), path
    assert state(triage, reference) == "blocked"


def test_its_requester_sees_what_others_see(triage: Triage, lead: Caller) -> None:
    ordinary = triage.submit("business/blocked-link", missing_evidence=["pin_url"])
    block(lead, email=SENDER)
    reference = triage.submit("business/blocked-link", missing_evidence=["pin_url"], email=SENDER)
    [told], [as_always] = triage.told(reference, "TicketRouted"), triage.told(ordinary, "TicketRouted")
    assert told == {**as_always, "blocked": True}
    assert state(triage, reference) == "blocked"


def test_no_webhook_is_called_until_it_is_released(triage: Triage, people: People, lead: Caller) -> None:
    team = AdsTeam(triage, people("admin"))
    team.register("https://example.com/")
    block(lead, email=SENDER)
    reference = triage.submit(email=SENDER)
    triage.follow_up(reference)
    team.consume()
    assert triage.rows("select event from triage.webhook_calls") == []
    lead.post(f"/v1/tickets/{reference}/unblocking", {})
    team.consume()
    assert [row.event for row in triage.rows("select event from triage.webhook_calls")] == ["ticket.routed"]


def test_an_agent_releases_it(triage: Triage, people: People, lead: Caller) -> None:
    block(lead, email=SENDER)
    reference, other = triage.submit(email=SENDER), triage.submit(email=SENDER)
    agent = people("agent", "ads")
    ticket = agent.post(f"/v1/tickets/{reference}/unblocking", {})
    assert (ticket["state"], ticket["timeline"][-1]["kind"]) == ("open", "unblocked")
    [told] = triage.told(reference, "TicketUnblocked")
    assert told == {
        "team": "ads",
        "state": "open",
        "respond_by": triage.ticket(reference).respond_by.isoformat(),
        "category": "ads/metrics",
        "locale": "en",
        "key_number": 1,
        "missing_evidence": [],
        "cannot_provide": [],
        "unsure": None,
    }
    assert [claim["ticket"]["reference"] for claim in agent.claim(limit=9)] == [reference]
    assert agent("POST", f"/v1/tickets/{reference}/unblocking", {}).status_code == 409
    assert state(triage, other) == "blocked"
    assert people("agent", "billing")("POST", f"/v1/tickets/{other}/unblocking", {}).status_code == 403
    assert agent("POST", "/v1/tickets/T-0000-0000/unblocking", {}).status_code == 404


def test_after_the_block_ends_future_ones_come_in(triage: Triage, lead: Caller) -> None:
    blocked = block(lead, email=SENDER)
    kept = triage.submit(email=SENDER)
    lead("DELETE", f"/v1/blocked-senders/{blocked['id']}")
    assert state(triage, triage.submit(email=SENDER)) == "open"
    assert state(triage, kept) == "blocked"
    triage.follow_up(kept)
    assert state(triage, kept) == "open", "what is written to it now is to be read"
    assert triage.timeline(kept) == ["routed", "followed_up", "unblocked"]
    assert len(triage.told(kept, "TicketUnblocked")) == 1


def test_follow_ups_of_a_blocked_sender_are_kept_and_open_nothing(triage: Triage, people: People, lead: Caller) -> None:
    agent = people("agent", "ads")
    waiting, held = triage.submit(email=SENDER), triage.submit("ads/disapproved", email=SENDER, missing_evidence=["ad"])
    assert state(triage, held) == "held"
    agent.post(f"/v1/tickets/{waiting}/replies", {"message": "Hello"}, 201)
    block(lead, email=SENDER)
    triage.follow_up(waiting, message="Buy this")
    triage.follow_up(held, missing=[], message="Buy this")
    assert (state(triage, waiting), state(triage, held)) == ("waiting", "held")
    assert triage.ticket(held).missing_evidence == ["ad"]
    ticket = agent.get(f"/v1/tickets/{waiting}")
    assert (ticket["conversation"][-1]["text"], ticket["timeline"][-1]["facts"]["blocked"]) == ("Buy this", True)
    assert triage.told(waiting, "FollowUpReceived") == []


def test_reports_leave_blocked_tickets_out_until_they_are_released(
    triage: Triage, people: People, lead: Caller
) -> None:
    block(lead, email=SENDER)
    reference = triage.submit(email=SENDER)
    triage.submit()
    volume = "select coalesce(sum(count), 0)::int from triage.service_counts where measure = 'volume'"
    assert triage.rows(volume)[0][0] == 1
    lead.post(f"/v1/tickets/{reference}/unblocking", {})
    assert triage.rows(volume)[0][0] == 2
    gone = triage.submit(email=SENDER)
    triage.withdraw(gone)
    assert (state(triage, gone), triage.rows(volume)[0][0]) == ("withdrawn", 2)


def test_spam_is_resolved_and_its_sender_blocked(triage: Triage, people: People, lead: Caller) -> None:
    reference, again = triage.submit(email=SENDER), triage.submit(email=SENDER)
    body = {"outcome": "spam", "block_sender": True}
    people("agent", "ads").post(f"/v1/tickets/{reference}/resolution", body, 403)
    other = lead.post(f"/v1/tickets/{reference}/resolution", {**body, "outcome": "solved"}, 422)
    assert list(other["errors"]) == ["block_sender"]
    assert state(triage, reference) == "open"
    assert lead.post(f"/v1/tickets/{reference}/resolution", body)["state"] == "resolved"
    assert lead.post(f"/v1/tickets/{again}/resolution", body)["state"] == "resolved"
    [blocked] = lead.get("/v1/blocked-senders")["items"]
    assert (blocked["email"], blocked["reason"]) == (SENDER, f"Spam: {reference}")
