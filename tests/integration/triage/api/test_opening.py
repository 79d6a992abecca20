"""Tickets that agents open for people, over HTTP."""

import threading
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.integration.triage.conftest import Caller, People, Triage

CALLED: dict[str, Any] = {
    "category": "ads/metrics",
    "email": "anna@example.org",
    "name": "Anna",
    "subject": "Figures",
    "message": "My figures are missing.",
    "locale": "sv-SE",
    "country": "se",
    "platform": "ios",
    "username": "anna_b",
    "source": "phone",
}


@pytest.fixture
def agent(people: People) -> Caller:
    return people("agent", "ads", name="Ada")


def open_with_key(caller: Caller, body: dict[str, Any], key: str) -> TestResponse:
    return caller.client.post("/v1/tickets", json=body, headers={**caller.headers, "Idempotency-Key": key})


def told(triage: Triage) -> Any:
    return triage.rows("select ticket, payload, personal from events.log where type = 'TicketOpened' order by id")


def test_a_ticket_is_opened_with_what_the_person_told(agent: Caller) -> None:
    answer = agent("POST", "/v1/tickets", CALLED)
    assert answer.status_code == 201, answer.text
    ticket = answer.json
    assert ticket is not None
    assert answer.headers["Location"] == f"/v1/tickets/{ticket['reference']}"
    assert ticket["message"] == "My figures are missing."
    assert ticket["requester"] == {"email": "anna@example.org", "name": "Anna", "username": "anna_b"}
    assert (ticket["locale"], ticket["country"], ticket["platform"]) == ("sv-SE", "SE", "ios")
    assert agent.get(f"/v1/tickets/{ticket['reference']}") == ticket


def test_it_is_routed_as_any_and_in_the_queue_at_once(agent: Caller, triage: Triage) -> None:
    ticket = agent.post("/v1/tickets", CALLED, 201)
    assert (ticket["team"], ticket["state"], ticket["claimed_by"]) == ("ads", "open", None)
    assert ticket["respond_by"] is not None
    assert [routed["placed_by"] for routed in triage.told(ticket["reference"], "TicketRouted")] == [None]
    assert [claim["ticket"]["reference"] for claim in agent.claim()] == [ticket["reference"]]


def test_the_timeline_tells_who_opened_it_and_how_the_person_came(agent: Caller) -> None:
    [line] = agent.post("/v1/tickets", CALLED, 201)["timeline"]
    assert (line["kind"], line["facts"]["opened_by"], line["facts"]["source"]) == ("routed", "Ada", "phone")


def test_intake_and_notify_hear_of_it_before_they_hear_of_its_route(agent: Caller, triage: Triage) -> None:
    reference = agent.post("/v1/tickets", CALLED, 201)["reference"]
    [event] = told(triage)
    assert (event.ticket, event.payload["source"], event.payload["by"]) == (reference, "phone", "Ada")
    assert (event.payload["acknowledge"], event.personal["email"]) == (True, "anna@example.org")
    rows = triage.rows(
        "select d.subscriber, l.type from events.deliveries d join events.log l using (id) where d.ticket = :ticket order by d.id",
        ticket=reference,
    )
    assert [(row.subscriber, row.type) for row in rows if row.subscriber == "intake"] == [
        ("intake", "TicketOpened"),
        ("intake", "TicketRouted"),
    ]
    assert ("notify", "TicketOpened") in [(row.subscriber, row.type) for row in rows]


def test_an_internal_note_mentions_people(agent: Caller, triage: Triage, people: People) -> None:
    bo, other = people("agent", "ads"), people("agent", "ads")
    body = {name: value for name, value in CALLED.items() if name != "message"}
    agent.post("/v1/tickets", {**body, "internal_note": f"@{bo.email} please look"}, 201)
    assert [one["kind"] for one in bo.get("/v1/notifications?unread=true")["items"]] == ["mention"]
    assert other.get("/v1/notifications?unread=true")["items"] == []
    names = " ".join(f"@a{number}" for number in range(60))
    errors = agent.post("/v1/tickets", {**body, "internal_note": names}, 422)["errors"]
    assert list(errors) == ["internal_note"]


def test_an_internal_note_is_for_agents_only(agent: Caller, triage: Triage) -> None:
    body = {name: value for name, value in CALLED.items() if name != "message"} | {"internal_note": "She was angry."}
    ticket = agent.post("/v1/tickets", body, 201)
    assert ticket["message"] == ""
    noted = ticket["timeline"][-1]
    assert (noted["kind"], noted["by"], noted["message"]) == ("noted", "Ada", "She was angry.")
    assert "angry" not in str(triage.rows("select payload, personal from events.log"))
    assert len(triage.told(ticket["reference"], "TicketNoted")) == 1


def test_the_conversation_begins_with_what_the_person_told(agent: Caller) -> None:
    ticket = agent.post("/v1/tickets", {**CALLED, "internal_note": "She called twice."}, 201)
    submission, note = ticket["conversation"]
    assert (submission["kind"], submission["text"], submission["source"]) == (
        "submission",
        CALLED["message"],
        "console",
    )
    assert submission["author"] == {"role": "requester", "name": "Anna", "email": "anna@example.org"}
    assert (note["kind"], note["author"]["role"], note["author"]["email"]) == ("note", "agent", agent.email)
    assert (ticket["snippet"], ticket["last_from"], ticket["owner"]) == (CALLED["message"], "requester", None)


def test_missing_evidence_holds_it_as_any_other(agent: Caller, triage: Triage, people: People) -> None:
    ticket = people("agent", "business").post("/v1/tickets", {**CALLED, "category": "business/blocked-link"}, 201)
    assert (ticket["state"], ticket["missing_evidence"]) == ("held", ["site_url", "pin_url"])
    assert told(triage)[0].payload["missing_evidence"] == ["site_url", "pin_url"]


def test_what_the_person_cannot_provide_does_not_hold_it(people: People) -> None:
    details = {"cannot_provide": ["site_url", "pin_url"]}
    body = {**CALLED, "category": "business/blocked-link", "details": details}
    ticket = people("agent", "business").post("/v1/tickets", body, 201)
    assert (ticket["state"], ticket["missing_evidence"]) == ("open", [])
    assert "evidence-refused" in ticket["tags"]


def test_who_may_not_read_its_team_learns_where_it_went_and_no_more(agent: Caller, people: People) -> None:
    ticket = agent.post("/v1/tickets", {**CALLED, "category": "billing/cost"}, 201)
    assert (ticket["team"], ticket["state"]) == ("billing", "open")
    assert not {"message", "timeline", "participants"} & set(ticket)
    assert agent("GET", f"/v1/tickets/{ticket['reference']}").status_code == 403
    assert people("agent", "billing").get(f"/v1/tickets/{ticket['reference']}")["message"] == CALLED["message"]


def test_earlier_tickets_of_the_address_count_for_rules(agent: Caller, triage: Triage, people: People) -> None:
    for _ in range(2):
        agent.post("/v1/tickets", CALLED, 201)
    agent.post("/v1/tickets", {**CALLED, "email": "Anna+ads@Example.org"}, 201)
    agent.post("/v1/tickets", {**CALLED, "email": "bo@example.org"}, 201)
    assert [len(event.payload["earlier_tickets"]) for event in told(triage)] == [0, 1, 2, 0]
    assert told(triage)[1].payload["earlier_tickets"][0]["category"] == "ads/metrics"


def test_a_retry_with_its_key_opens_nothing_and_shows_the_ticket_as_it_is_now(agent: Caller, triage: Triage) -> None:
    first = open_with_key(agent, CALLED, "k-1")
    reference = (first.json or {})["reference"]
    agent.post(f"/v1/tickets/{reference}/resolution", {"outcome": "solved"})
    again = open_with_key(agent, CALLED, "k-1")
    assert (first.status_code, first.headers.get("Idempotency-Replayed")) == (201, None)
    assert (again.status_code, again.headers.get("Idempotency-Replayed")) == (201, "true")
    assert ((again.json or {})["reference"], (again.json or {})["state"]) == (reference, "resolved")
    assert again.headers["Location"] == first.headers["Location"]
    assert len(told(triage)) == 1


def test_another_key_or_another_agents_same_key_opens_another_ticket(
    agent: Caller, people: People, triage: Triage
) -> None:
    for caller, key in ((agent, "k-1"), (agent, "k-2"), (people("agent", "ads"), "k-1")):
        assert open_with_key(caller, CALLED, key).status_code == 201
    assert len({event.ticket for event in told(triage)}) == 3


def test_a_key_with_another_body_is_refused(agent: Caller, triage: Triage) -> None:
    open_with_key(agent, CALLED, "k-1")
    answer = open_with_key(agent, {**CALLED, "acknowledge": False}, "k-1")
    assert (answer.status_code, list((answer.json or {})["errors"])) == (422, ["Idempotency-Key"])
    assert len(told(triage)) == 1


def test_simultaneous_retries_open_one_ticket(agent: Caller, triage: Triage) -> None:
    answers: list[TestResponse] = []
    start = threading.Barrier(6)

    def post() -> None:
        caller = Caller(agent.client.application, agent.headers["Authorization"][7:], agent.name)
        start.wait()
        answers.append(open_with_key(caller, CALLED, "k-1"))

    threads = [threading.Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 6
    assert len({(answer.json or {})["reference"] for answer in answers}) == 1
    assert len(told(triage)) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([], 422),
        ({**CALLED, "email": "anna", "source": "fax", "shoe": 43}, 422),
        ({"category": "ads/metrics", "email": "anna@example.org"}, 422),
    ],
)
def test_a_wrong_body_is_refused_and_nothing_is_opened(agent: Caller, triage: Triage, body: Any, status: int) -> None:
    answer = agent("POST", "/v1/tickets", body)
    assert answer.status_code == status, answer.text
    assert told(triage) == []


def test_a_body_that_is_no_json_is_refused(agent: Caller) -> None:
    assert agent.client.post("/v1/tickets", data="{", headers=agent.headers).status_code == 415
    headers = {**agent.headers, "Content-Type": "application/json"}
    assert agent.client.post("/v1/tickets", data="{", headers=headers).status_code == 400


def test_an_auditor_opens_none(people: People) -> None:
    assert people("auditor")("POST", "/v1/tickets", CALLED).status_code == 403
