"""Participants of a ticket: proposed by the Cc of a requester's mail, set by agents."""

from dataclasses import replace
from typing import Any

import pytest

from shared.events.contracts import ticket_followed_up
from tests.integration.triage.conftest import Caller, People, Triage, submitted

BO, CY = "Bo@example.org", "cy@example.net"


@pytest.fixture
def agent(people: People) -> Caller:
    return people("agent", "ads", name="Ada")


def put(caller: Caller, reference: str, emails: Any, status: int = 200, **more: Any) -> Any:
    answer = caller("PUT", f"/v1/tickets/{reference}/participants", {"emails": emails, **more})
    assert answer.status_code == status, answer.text
    return answer.json


def by_mail(triage: Triage, reference: str, cc: list[str], sender: str | None = None) -> None:
    payload = {"follow_up": "f", "attachments": [], "missing_evidence": [], "filled": [], "source": "email"}
    personal: dict[str, Any] = {"message": "More.", "details": {}, "attachment_names": {}, "cc": cc}
    if sender is not None:
        personal["from"] = sender
    triage.take(ticket_followed_up(reference, "c", payload, personal))


def test_a_ticket_has_none_at_first_and_proposes_none(agent: Caller, triage: Triage) -> None:
    ticket = agent.get(f"/v1/tickets/{triage.submit()}")
    assert ticket["participants"] == []
    assert "proposed_participants" not in ticket


def test_they_are_set_as_a_whole(agent: Caller, triage: Triage) -> None:
    reference = triage.submit()
    assert put(agent, reference, [BO, CY])["participants"] == [BO, CY]
    assert put(agent, reference, [CY])["participants"] == [CY]
    assert agent.get(f"/v1/tickets/{reference}")["participants"] == [CY]
    assert put(agent, reference, [])["participants"] == []


def test_each_change_is_on_the_timeline_and_recorded(agent: Caller, triage: Triage) -> None:
    reference = triage.submit()
    put(agent, reference, [BO])
    put(agent, reference, [BO])
    ticket = put(agent, reference, [CY])
    changes = [line for line in ticket["timeline"] if line["kind"] == "participants_changed"]
    assert [line["by"] for line in changes] == ["Ada", "Ada"]
    assert [line["facts"] for line in changes] == [{"added": [BO]}, {"added": [CY], "removed": [BO]}]
    rows = triage.rows("select personal from events.log where type = 'ParticipantsChanged' order by id")
    assert [row.personal for row in rows] == [{"participants": [BO]}, {"participants": [CY]}]


def test_the_requester_and_repeats_are_left_out(agent: Caller, triage: Triage) -> None:
    reference = triage.submit(email="anna@example.com")
    emails = ["Anna@Example.com", BO, "bo@EXAMPLE.org", "anna+x@example.com", f" {CY}"]
    assert put(agent, reference, emails)["participants"] == [BO, CY]


@pytest.mark.parametrize(
    "emails",
    [
        ["bo"],
        [BO, "cy@@example.net", ""],
        ["åsa@example.org"],
        ["reply+t-1@mail.localhost.test"],
        ["help@localhost.test"],
        [f"p{number}@example.org" for number in range(11)],
        None,
        BO,
    ],
)
def test_bad_addresses_and_too_many_are_refused(agent: Caller, triage: Triage, emails: Any) -> None:
    reference = triage.submit()
    assert list(put(agent, reference, emails, 422)["errors"]) == ["emails"]
    assert agent.get(f"/v1/tickets/{reference}")["participants"] == []


def test_ten_are_accepted(agent: Caller, triage: Triage) -> None:
    emails = [f"p{number}@example.org" for number in range(10)]
    assert put(agent, triage.submit(), emails)["participants"] == emails


def test_a_claimed_ticket_needs_its_claim(agent: Caller, people: People, triage: Triage) -> None:
    reference = triage.submit()
    [claim] = agent.claim()
    put(agent, reference, [BO], 409)
    put(people("agent", "ads"), reference, [BO], 403, claim=claim["claim"])
    assert put(agent, reference, [BO], claim=claim["claim"])["participants"] == [BO]
    put(agent, reference, [CY], 409, claim=claim["claim"], version=claim["version"] - 1)


def test_another_teams_agent_sets_none(people: People, triage: Triage) -> None:
    put(people("agent", "billing"), triage.submit(), [BO], 403)
    put(people("auditor"), triage.submit(), [BO], 403)
    put(people("admin"), "T-0000-0000", [BO], 404)


@pytest.mark.parametrize(
    ("action", "body", "event"),
    [
        ("replies", {"message": "Hello."}, "TicketAnswered"),
        ("resolution", {"outcome": "solved"}, "TicketResolved"),
        ("disapproval", {"reasons": ["excessive_hashtags"]}, "TicketDisapproved"),
    ],
)
def test_answers_name_them(agent: Caller, triage: Triage, action: str, body: dict[str, Any], event: str) -> None:
    reference = triage.submit()
    put(agent, reference, [BO, CY])
    assert agent("POST", f"/v1/tickets/{reference}/{action}", body).status_code in (200, 201)
    [row] = triage.rows("select personal from events.log where type = :type", type=event)
    assert row.personal["participants"] == [BO, CY]


def test_the_cc_of_a_requesters_mail_is_proposed_and_never_added_by_itself(agent: Caller, triage: Triage) -> None:
    reference = triage.submit()
    by_mail(triage, reference, [BO, CY])
    ticket = agent.get(f"/v1/tickets/{reference}")
    assert (ticket["participants"], sorted(ticket["proposed_participants"])) == ([], [BO, CY])
    assert agent("POST", f"/v1/tickets/{reference}/replies", {"message": "Hello."}).status_code == 201
    [row] = triage.rows("select personal from events.log where type = 'TicketAnswered'")
    assert row.personal["participants"] == []


def test_who_takes_part_is_proposed_no_more(agent: Caller, triage: Triage) -> None:
    reference = triage.submit()
    by_mail(triage, reference, [BO, CY])
    assert put(agent, reference, ["bo@example.org"])["proposed_participants"] == [CY]
    assert put(agent, reference, [BO, CY])["proposed_participants"] == []
    by_mail(triage, reference, [BO])
    assert agent.get(f"/v1/tickets/{reference}")["proposed_participants"] == []


def test_the_cc_of_the_mail_that_made_the_ticket_is_proposed(agent: Caller, triage: Triage) -> None:
    event = submitted("ads/metrics")
    event = replace(event, personal={**(event.personal or {}), "cc": [BO]})
    triage.take(event)
    assert agent.get(f"/v1/tickets/{event.ticket}")["proposed_participants"] == [BO]


def test_a_participants_mail_reopens_like_the_requesters(agent: Caller, triage: Triage) -> None:
    reference = triage.submit()
    put(agent, reference, [BO])
    agent("POST", f"/v1/tickets/{reference}/replies", {"message": "Hello."})
    assert triage.ticket(reference).state == "waiting"
    by_mail(triage, reference, [], sender=BO)
    ticket = agent.get(f"/v1/tickets/{reference}")
    [line] = [line for line in ticket["timeline"] if line["kind"] == "followed_up"]
    assert (ticket["state"], line["facts"]["from"], line["by"]) == ("open", BO, None)
