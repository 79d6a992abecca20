"""Snoozed tickets: beginning, end, deadline, and what requesters see."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.triage.lists.owned_tickets import count_answered
from services.triage.snoozing.end_snoozes import end_snoozes
from services.triage.timers.escalate import escalate
from services.triage.timers.mark_breaches import mark_breaches
from services.triage.timers.warn import warn
from tests.integration.triage.conftest import Caller, People, Triage
from tests.polling import eventually

TEAMS = ("account", "business", "ads", "billing")
PAST = "update triage.tickets set snoozed_until = clock_timestamp() - interval '1 second' where reference = :r"


@pytest.fixture
def agent(people: People) -> Caller:
    return people("agent", "ads")


def ahead(**given: float) -> str:
    return (datetime.now(UTC) + timedelta(**given)).isoformat()


def snooze(agent: Caller, reference: str, status: int = 200, **body: Any) -> Any:
    return agent.put(f"/v1/tickets/{reference}/snooze", {"until": ahead(hours=3), **body}, status)


def end_due(triage: Triage) -> int:
    with triage.engine.begin() as connection:
        return end_snoozes(connection, triage.rulesets)


def make_due(triage: Triage, reference: str) -> None:
    triage.rows(PAST, r=reference)


def with_deadline(triage: Triage, minutes: float = 60) -> str:
    reference = triage.submit()
    triage.rows(
        "update triage.tickets set respond_by = clock_timestamp() + make_interval(mins => :m) where reference = :r",
        m=minutes,
        r=reference,
    )
    return reference


def queue(agent: Caller) -> Any:
    [found] = agent.get("/v1/queues")["items"]
    return found


def test_an_open_ticket_is_snoozed(triage: Triage, agent: Caller) -> None:
    reference, until = triage.submit(), ahead(hours=3)
    ticket = snooze(agent, reference, until=until)
    assert (ticket["state"], ticket["reference"]) == ("snoozed", reference)
    assert datetime.fromisoformat(ticket["snoozed_until"]) == datetime.fromisoformat(until)
    assert (ticket["timeline"][-1]["kind"], ticket["timeline"][-1]["by"]) == ("snoozed", agent.name)
    assert [one["reference"] for one in agent.get("/v1/tickets?state=snoozed")["items"]] == [reference]
    assert (queue(agent)["snoozed"], queue(agent)["open"]) == (1, 0)
    assert agent.claim() == []
    assert agent("POST", f"/v1/tickets/{reference}/takeover", {"lease_seconds": 60}).status_code == 409


def test_the_requester_sees_what_they_saw(triage: Triage, agent: Caller) -> None:
    reference = triage.submit()
    snooze(agent, reference)
    assert triage.told(reference, "TicketStateChanged") == []
    assert triage.told(reference, "TicketChanged") == [{"team": "ads", "by": agent.name, "state": ["open", "snoozed"]}]


def test_ones_own_claim_ends(triage: Triage, agent: Caller, people: People) -> None:
    triage.submit()
    [claim] = agent.claim()
    reference, other = claim["ticket"]["reference"], people("agent", "ads")
    snooze(agent, reference, 409)
    snooze(other, reference, 409)
    assert other.put(f"/v1/tickets/{reference}/snooze", {"until": ahead(hours=1), "claim": claim["claim"]}, 403)
    assert snooze(agent, reference, claim=claim["claim"])["state"] == "snoozed"
    assert agent("PATCH", f"/v1/claims/{claim['claim']}", {"lease_seconds": 60}).status_code == 409
    assert triage.rows("select ended_how from triage.claims")[0].ended_how == "snoozed"


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (lambda: ahead(minutes=-1), "future"),
        (lambda: ahead(days=367), "within a year"),
        (lambda: "2026-12-01T09:00:00", "offset"),
        (lambda: "tomorrow", "offset"),
        (lambda: "", "offset"),
        (lambda: 5, "string"),
        (lambda: None, "null"),
    ],
)
def test_a_wrong_time_is_named(triage: Triage, agent: Caller, until: Any, words: str) -> None:
    reference = triage.submit()
    errors = agent.put(f"/v1/tickets/{reference}/snooze", {"until": until()}, 422)["errors"]
    assert list(errors) == ["until"]
    assert words in errors["until"][0]
    assert triage.ticket(reference).state == "open"


def test_a_year_ahead_is_not_too_far(triage: Triage, agent: Caller) -> None:
    assert snooze(agent, triage.submit(), until=ahead(days=365))["state"] == "snoozed"
    assert list(agent.put(f"/v1/tickets/{triage.submit()}/snooze", {}, 422)["errors"]) == ["until"]


def test_other_states_are_a_conflict(triage: Triage, agent: Caller) -> None:
    held = triage.submit("ads/disapproved", missing_evidence=["ad-link"])
    assert triage.ticket(held).state == "held"
    resolved, withdrawn, snoozed = triage.submit(), triage.submit(), triage.submit()
    agent.post(f"/v1/tickets/{resolved}/resolution", {"outcome": "solved"})
    triage.withdraw(withdrawn)
    snooze(agent, snoozed)
    for reference in (held, resolved, withdrawn, snoozed):
        snooze(agent, reference, 409)
    for reference in (held, resolved, withdrawn, triage.submit()):
        assert agent("DELETE", f"/v1/tickets/{reference}/snooze").status_code == 409


def test_other_teams_and_unknown_tickets(triage: Triage, people: People) -> None:
    reference, other = triage.submit(), people("agent", "billing")
    snooze(other, reference, 403)
    snooze(people("auditor"), reference, 403)
    snooze(other, "T-0000-0000", 404)
    assert other("DELETE", f"/v1/tickets/{reference}/snooze").status_code == 403
    assert other("DELETE", "/v1/tickets/T-0000-0000/snooze").status_code == 404


def test_it_opens_when_its_time_comes_with_the_deadline_it_had(triage: Triage, agent: Caller) -> None:
    reference, later = with_deadline(triage), triage.submit()
    before = triage.ticket(reference)
    snooze(agent, reference)
    snooze(agent, later)
    assert end_due(triage) == 0
    make_due(triage, reference)
    assert end_due(triage) == 1
    ticket = triage.ticket(reference)
    assert (ticket.state, ticket.respond_by, ticket.snoozed_until) == ("open", before.respond_by, None)
    assert ticket.version > before.version
    assert triage.timeline(reference)[-2:] == ["snoozed", "snooze_ended"]
    assert triage.told(reference, "TicketStateChanged") == [
        {"state": "open", "team": "ads", "respond_by": before.respond_by.isoformat()}
    ]
    assert triage.ticket(later).state == "snoozed"


def test_one_that_waited_gets_a_deadline_when_it_opens(triage: Triage, agent: Caller) -> None:
    reference = triage.submit()
    agent.post(f"/v1/tickets/{reference}/replies", {"message": "Hello"}, 201)
    snooze(agent, reference)
    assert triage.ticket(reference).respond_by is None
    make_due(triage, reference)
    end_due(triage)
    ticket = triage.ticket(reference)
    assert (ticket.state, ticket.respond_by > datetime.now(UTC)) == ("open", True)


def test_delete_opens_it_now(triage: Triage, agent: Caller) -> None:
    reference = with_deadline(triage)
    due = triage.ticket(reference).respond_by
    snooze(agent, reference)
    answer = agent("DELETE", f"/v1/tickets/{reference}/snooze")
    assert (answer.status_code, answer.data) == (204, b"")
    assert (triage.ticket(reference).state, triage.ticket(reference).respond_by) == ("open", due)
    assert triage.timeline(reference)[-1] == "unsnoozed"
    assert len(agent.claim()) == 1


def test_the_requesters_message_ends_it_and_keeps_the_deadline(triage: Triage, agent: Caller) -> None:
    reference = with_deadline(triage)
    due = triage.ticket(reference).respond_by
    snooze(agent, reference)
    triage.follow_up(reference)
    assert (triage.ticket(reference).state, triage.ticket(reference).respond_by) == ("open", due)
    assert triage.timeline(reference)[-2:] == ["followed_up", "answered_by_requester"]


def test_a_requester_who_had_to_answer_ends_it_with_a_new_deadline(triage: Triage, agent: Caller) -> None:
    reference = triage.submit()
    agent.post(f"/v1/tickets/{reference}/replies", {"message": "Hello"}, 201)
    snooze(agent, reference)
    triage.follow_up(reference)
    assert triage.ticket(reference).state == "open"
    assert triage.ticket(reference).respond_by is not None


def test_the_deadline_runs_on(triage: Triage, agent: Caller, people: People) -> None:
    people("lead", "ads")
    near, late = with_deadline(triage, 30), with_deadline(triage, -5)
    snooze(agent, near)
    snooze(agent, late)
    assert queue(agent)["breached"] == 1, "before the timer came by, too"
    with triage.engine.begin() as connection:
        assert mark_breaches(connection) == 1
        assert warn(connection, triage.rulesets.active(connection).compiled, TEAMS, 60) == 1
        assert escalate(connection, 15) == 1
    assert triage.timeline(late)[-3:] == ["snoozed", "breached", "escalated"]
    assert triage.timeline(near)[-1] == "breach_near"
    assert (triage.ticket(late).state, triage.ticket(late).priority) == ("snoozed", "high")
    assert queue(agent)["breached"] == 1
    agent("DELETE", f"/v1/tickets/{late}/snooze")
    assert (triage.ticket(late).breached, queue(agent)["breached"]) == (True, 1)


def test_a_snoozed_ticket_can_be_answered_moved_resolved_and_withdrawn(triage: Triage, agent: Caller) -> None:
    for path, body, state in (
        ("replies", {"message": "x"}, "waiting"),
        ("replies", {"message": "x", "then": "keep"}, "snoozed"),
        ("transfer", {"team": "billing", "reason": "x"}, "open"),
        ("resolution", {"outcome": "solved"}, "resolved"),
    ):
        reference = triage.submit()
        snooze(agent, reference)
        assert agent("POST", f"/v1/tickets/{reference}/{path}", body).status_code < 300
        assert triage.ticket(reference).state == state
        assert (triage.ticket(reference).snoozed_until is None) == (state != "snoozed")
    reference = triage.submit()
    snooze(agent, reference)
    triage.withdraw(reference)
    assert triage.ticket(reference).state == "withdrawn"


def test_a_repeat_with_a_key_snoozes_once(triage: Triage, agent: Caller) -> None:
    reference, agent.headers["Idempotency-Key"] = triage.submit(), "k"
    body = {"until": ahead(hours=3)}
    assert agent.put(f"/v1/tickets/{reference}/snooze", body)["state"] == "snoozed"
    assert agent("PUT", f"/v1/tickets/{reference}/snooze", body).headers["Idempotency-Replayed"] == "true"
    assert triage.timeline(reference).count("snoozed") == 1


def test_two_at_once_snooze_it_once(triage: Triage, people: People) -> None:
    reference, agents, codes = triage.submit(), [people("agent", "ads") for _ in range(2)], []
    barrier = threading.Barrier(2)

    def act(agent: Caller) -> None:
        barrier.wait()
        codes.append(agent("PUT", f"/v1/tickets/{reference}/snooze", {"until": ahead(hours=3)}).status_code)

    threads = [threading.Thread(target=act, args=(agent,)) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200, 409]
    assert triage.timeline(reference).count("snoozed") == 1


def test_the_tick_leaves_a_ticket_that_was_snoozed_again(triage: Triage, agent: Caller) -> None:
    """It was due when the tick looked, and has another time when the tick has its lock."""
    reference = triage.submit()
    snooze(agent, reference)
    make_due(triage, reference)
    done: list[int] = []
    with triage.engine.connect() as other, other.begin():
        other.execute(
            text("update triage.tickets set snoozed_until = now() + interval '1 hour' where reference = :r"),
            {"r": reference},
        )
        tick = threading.Thread(target=lambda: done.append(end_due(triage)))
        tick.start()
        waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%for update%'"
        assert eventually(lambda: triage.rows(waiting)[0][0])
    tick.join()
    assert triage.ticket(reference).state == "snoozed"


def test_the_end_of_a_snooze_is_marked_for_its_owner(triage: Triage, agent: Caller) -> None:
    reference = triage.submit()
    agent.post(f"/v1/tickets/{reference}/replies", {"message": "Hello"}, 201)
    snooze(agent, reference)
    make_due(triage, reference)
    with triage.engine.begin() as connection:
        assert count_answered(connection, triage.ticket(reference).owner, ("ads",)) == 0
    end_due(triage)
    with triage.engine.begin() as connection:
        assert count_answered(connection, triage.ticket(reference).owner, ("ads",)) == 1
    agent.post(f"/v1/tickets/{reference}/replies", {"message": "Again"}, 201)
    with triage.engine.begin() as connection:
        assert count_answered(connection, triage.ticket(reference).owner, ("ads",)) == 0
