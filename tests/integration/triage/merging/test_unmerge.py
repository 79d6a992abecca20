"""Separating merged tickets again, by the API."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.auth.users import disable
from shared.ticket_keys import new_reference
from tests.integration.triage.conftest import Caller, People, Triage

COMPARED = ("state", "respond_by", "owner", "tags", "priority", "outcome", "attachment_count", "snippet", "links")


@pytest.fixture
def agent(people: People) -> Caller:
    return people("agent", "ads", name="Ada")


def merge(caller: Caller, reference: str, into: str, **more: Any) -> Any:
    return caller.post(f"/v1/tickets/{reference}/merge", {"into": into, **more})


def unmerge(caller: Caller, reference: str, status: int = 200) -> Any:
    return caller.post(f"/v1/tickets/{reference}/unmerge", {}, status)


def texts(caller: Caller, reference: str) -> list[str]:
    return [entry["text"] for entry in caller.get(f"/v1/tickets/{reference}")["conversation"]]


def as_shown(caller: Caller, reference: str) -> dict[str, Any]:
    ticket = caller.get(f"/v1/tickets/{reference}")
    return {name: ticket[name] for name in COMPARED}


def age(triage: Triage, days: float) -> None:
    triage.rows("update triage.merges set at = at - make_interval(secs => :seconds)", seconds=days * 86_400)


def bring_to(triage: Triage, agent: Caller, state: str) -> str:
    """A ticket in this state, with tags of its own."""
    missing = ["screenshot"] if state == "held" else []
    reference = triage.submit("ads/disapproved" if state == "held" else "ads/metrics", missing_evidence=missing)
    agent.patch(f"/v1/tickets/{reference}", {"tags": [state]})
    if state in ("waiting", "resolved"):
        then = {"waiting": "wait", "resolved": "resolve"}[state]
        agent.post(f"/v1/tickets/{reference}/replies", {"message": "Done.", "then": then}, 201)
    if state == "snoozed":
        agent.put(f"/v1/tickets/{reference}/snooze", {"until": (datetime.now(UTC) + timedelta(days=9)).isoformat()})
    assert triage.ticket(reference).state == state
    return reference


@pytest.mark.parametrize("state", ["open", "held", "waiting", "resolved", "snoozed"])
@pytest.mark.parametrize("of_surviving", ["open", "held", "waiting", "resolved", "snoozed"])
def test_both_are_as_before(agent: Caller, triage: Triage, state: str, of_surviving: str) -> None:
    into, reference = bring_to(triage, agent, of_surviving), bring_to(triage, agent, state)
    before = as_shown(agent, into), as_shown(agent, reference)
    columns = "state_since, respond_by, resolved_at, answered_at, breached, reminded_at, snoozed_until, owner, merged_into, merged_tickets"
    rows = [triage.rows(f"select {columns} from triage.tickets where reference = :r", r=r) for r in (into, reference)]
    merge(agent, reference, into)
    ticket = unmerge(agent, reference)
    assert (as_shown(agent, into), as_shown(agent, reference)) == before
    assert ticket["reference"] == reference
    again = [triage.rows(f"select {columns} from triage.tickets where reference = :r", r=r) for r in (into, reference)]
    assert again == rows
    assert triage.rows("select from triage.merges") == []
    assert triage.told(reference, "TicketStateChanged")[-1]["state"] == told_of(state)
    assert triage.told(into, "TicketStateChanged")[-1:] == [] or (
        triage.told(into, "TicketStateChanged")[-1]["state"] == told_of(of_surviving)
    )
    assert triage.told(reference, "TicketUnmerged") == [{"team": "ads", "by": "Ada", "from": into}]


def told_of(state: str) -> str:
    """The state as requesters see it."""
    return "open" if state == "snoozed" else state


def test_a_surviving_ticket_whose_requester_wrote_since_stays_open(agent: Caller, triage: Triage) -> None:
    into, reference = bring_to(triage, agent, "waiting"), bring_to(triage, agent, "open")
    merge(agent, reference, into)
    triage.follow_up(into, message="And now?")
    unmerge(agent, reference)
    assert agent.get(f"/v1/tickets/{into}")["state"] == "open"


def test_a_held_ticket_that_got_what_it_lacked_is_open(agent: Caller, triage: Triage) -> None:
    into, reference = bring_to(triage, agent, "waiting"), bring_to(triage, agent, "held")
    merge(agent, reference, into)
    triage.follow_up(reference, missing=[], message="Here it is.")
    assert unmerge(agent, reference)["state"] == "open"
    assert triage.ticket(reference).respond_by is not None


def test_a_snoozed_ticket_whose_requester_wrote_since_is_open(agent: Caller, triage: Triage) -> None:
    into, reference = bring_to(triage, agent, "open"), bring_to(triage, agent, "snoozed")
    due = triage.ticket(reference).respond_by
    merge(agent, reference, into)
    triage.follow_up(reference, message="Hello?")
    assert unmerge(agent, reference)["state"] == "open"
    ticket = triage.ticket(reference)
    assert (ticket.respond_by, ticket.snoozed_until) == (due, None)


def test_messages_return_and_replies_stay(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(message="First."), triage.submit(message="Second.")
    merge(agent, newer, older)
    agent.post(f"/v1/tickets/{older}/replies", {"message": "Answer."}, 201)
    triage.follow_up(newer, message="To the merged one.")
    triage.follow_up(older, message="To the surviving one.")
    unmerge(agent, newer)
    assert texts(agent, older) == ["First.", "Answer.", "To the surviving one."]
    assert texts(agent, newer) == ["Second.", "To the merged one."]
    assert agent.get(f"/v1/tickets/{older}")["state"] == "open"


def test_an_unanswered_message_to_the_merged_ticket_opens_it(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    for reference in (older, newer):
        agent.post(f"/v1/tickets/{reference}/replies", {"message": "Answer."}, 201)
    merge(agent, newer, older)
    triage.follow_up(newer, message="To the merged one.")
    ticket = unmerge(agent, newer)
    assert ticket["state"] == "open"
    assert ticket["respond_by"] is not None


def test_an_answered_message_to_the_merged_ticket_does_not(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    agent.post(f"/v1/tickets/{newer}/replies", {"message": "Answer."}, 201)
    merge(agent, newer, older)
    triage.follow_up(newer, message="To the merged one.")
    agent.post(f"/v1/tickets/{older}/replies", {"message": "Answer."}, 201)
    assert unmerge(agent, newer)["state"] == "waiting"


def test_what_was_changed_since_on_the_surviving_ticket_stays(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    agent.post(f"/v1/tickets/{older}/replies", {"message": "Done.", "then": "resolve"}, 201)
    merge(agent, newer, older)
    agent.post(f"/v1/tickets/{older}/replies", {"message": "Once more."}, 201)
    unmerge(agent, newer)
    assert agent.get(f"/v1/tickets/{older}")["state"] == "waiting"
    assert agent.get(f"/v1/tickets/{newer}")["state"] == "open"


def test_a_claim_ends_with_the_merge(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    agent.post(f"/v1/tickets/{older}/replies", {"message": "Done.", "then": "resolve"}, 201)
    [claimed] = agent.claim()
    merge(agent, newer, older, claim=claimed["claim"])
    assert agent("PATCH", f"/v1/claims/{claimed['claim']}", {"lease_seconds": 5}).status_code == 409
    assert unmerge(agent, newer)["state"] == "open"
    [again] = agent.claim()
    assert again["ticket"]["reference"] == newer


def test_tags_that_another_merged_ticket_brought_too_stay(agent: Caller, triage: Triage) -> None:
    older, *others = (triage.submit() for _ in range(3))
    for reference in others:
        agent.patch(f"/v1/tickets/{reference}", {"tags": ["vip", reference.lower()]})
        merge(agent, reference, older)
    unmerge(agent, others[0])
    assert agent.get(f"/v1/tickets/{older}")["tags"] == ["vip", others[1].lower()]
    unmerge(agent, others[1])
    assert agent.get(f"/v1/tickets/{older}")["tags"] == []


def test_the_week_is_over(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    merge(agent, newer, older)
    age(triage, 7.001)
    assert "7 days" in unmerge(agent, newer, 409)["detail"]
    age(triage, -0.01)
    unmerge(agent, newer)


def test_what_is_not_merged_is_refused(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    unmerge(agent, older, 409)
    merge(agent, newer, older)
    unmerge(agent, older, 409)
    unmerge(agent, newer)
    unmerge(agent, newer, 409)
    unmerge(agent, new_reference(), 404)
    merge(agent, newer, older)
    unmerge(agent, newer)


def test_both_must_be_writable(triage: Triage, people: People) -> None:
    ads, billing = triage.submit("ads/metrics"), triage.submit("billing/cost")
    both = people("agent", "ads", "billing")
    merge(both, billing, ads)
    for caller in (people("agent", "ads"), people("agent", "billing"), people("auditor")):
        unmerge(caller, billing, 403)
    unmerge(both, billing)


def test_a_repeated_request_separates_once(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    merge(agent, newer, older)
    headers = {**agent.headers, "Idempotency-Key": "k"}
    answers = [agent.client.post(f"/v1/tickets/{newer}/unmerge", json={}, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert triage.timeline(newer).count("unmerged") == 1


def test_a_closed_account_owns_nothing(agent: Caller, triage: Triage, people: People) -> None:
    older, newer = triage.submit(), triage.submit()
    leaver = people("agent", "ads", name="Bo")
    agent.put(f"/v1/tickets/{newer}/owner", {"email": leaver.email})
    merge(agent, newer, older)
    with triage.engine.begin() as connection:
        disable(connection, UUID(leaver.get("/v1/me")["id"]))
    assert unmerge(agent, newer)["owner"] is None


def test_a_ticket_withdrawn_meanwhile_stays_withdrawn(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    merge(agent, newer, older)
    triage.withdraw(newer)
    assert agent.get(f"/v1/tickets/{newer}")["state"] == "resolved"
    ticket = unmerge(agent, newer)
    assert (ticket["state"], ticket["respond_by"]) == ("withdrawn", None)


class TestChains:
    """A holds B; then A is merged into D."""

    @pytest.fixture
    def chain(self, agent: Caller, triage: Triage) -> tuple[str, str, str]:
        d, a, b = (triage.submit(message=name) for name in "DAB")
        agent.patch(f"/v1/tickets/{b}", {"tags": ["of-b"]})
        agent.patch(f"/v1/tickets/{a}", {"tags": ["of-a"]})
        merge(agent, b, a)
        merge(agent, a, d)
        return d, a, b

    def test_all_are_read_in_the_last_one(self, agent: Caller, triage: Triage, chain: tuple[str, str, str]) -> None:
        d, a, b = chain
        assert texts(agent, d) == ["D", "A", "B"]
        assert agent.get(f"/v1/tickets/{d}")["tags"] == ["of-a", "of-b"]
        assert {(one["reference"], one["relation"]) for one in agent.get(f"/v1/tickets/{d}")["links"]} == {
            (a, "merged_from"),
            (b, "merged_from"),
        }
        assert agent.get(f"/v1/tickets/{b}")["links"] == [{"reference": d, "relation": "merged_into"}]
        assert [one["into"] for one in triage.told(b, "TicketMerged")] == [a, d]
        assert triage.told(b, "TicketMerged")[-1]["follows"] is True
        triage.follow_up(b, message="More.")
        assert texts(agent, d) == ["D", "A", "B", "More."]

    def test_the_middle_one_takes_its_own_along(
        self, agent: Caller, triage: Triage, chain: tuple[str, str, str]
    ) -> None:
        d, a, b = chain
        assert unmerge(agent, a)["tags"] == ["of-a", "of-b"]
        assert (texts(agent, d), texts(agent, a)) == (["D"], ["A", "B"])
        assert agent.get(f"/v1/tickets/{d}")["tags"] == []
        assert agent.get(f"/v1/tickets/{b}")["links"] == [{"reference": a, "relation": "merged_into"}]
        assert triage.told(b, "TicketMerged")[-1]["into"] == a
        assert unmerge(agent, b)["state"] == "open"
        assert texts(agent, a) == ["A"]
        assert agent.get(f"/v1/tickets/{a}")["tags"] == ["of-a"]

    def test_the_first_one_leaves_both(self, agent: Caller, chain: tuple[str, str, str]) -> None:
        d, a, b = chain
        ticket = unmerge(agent, b)
        assert (ticket["state"], ticket["tags"], texts(agent, b)) == ("open", ["of-b"], ["B"])
        assert (texts(agent, d), texts(agent, a)) == (["D", "A"], ["A"])
        assert agent.get(f"/v1/tickets/{d}")["tags"] == ["of-a"]
        assert unmerge(agent, a)["tags"] == ["of-a"]
        assert texts(agent, d) == ["D"]
