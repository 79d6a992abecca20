"""Links between tickets, by the API."""

from typing import Any

import pytest

from services.triage.merging.relate import MOST_RELATED
from shared.ticket_keys import new_reference
from tests.integration.triage.conftest import Caller, People, Triage


@pytest.fixture
def agent(people: People) -> Caller:
    return people("agent", "ads", name="Ada")


def link(caller: Caller, reference: str, to: str, status: int = 201) -> Any:
    return caller.post(f"/v1/tickets/{reference}/links", {"to": to, "relation": "related"}, status)


def links(caller: Caller, reference: str) -> Any:
    return caller.get(f"/v1/tickets/{reference}")["links"]


def test_a_link_is_shown_on_both(agent: Caller, triage: Triage) -> None:
    mine, theirs = triage.submit(), triage.submit(email="bo@example.com")
    answer = link(agent, mine, theirs)
    assert answer["link"] == {"reference": theirs, "relation": "related"}
    assert answer["reference"] == mine
    assert answer["links"] == [{"reference": theirs, "relation": "related"}]
    assert links(agent, theirs) == [{"reference": mine, "relation": "related"}]
    assert triage.timeline(mine) == ["routed", "related"]


def test_a_link_is_made_once_from_either_side(agent: Caller, triage: Triage) -> None:
    a, b = triage.submit(), triage.submit()
    for reference, to in ((a, b), (a, b), (b, a)):
        link(agent, reference, to)
    assert links(agent, a) == [{"reference": b, "relation": "related"}]
    assert triage.timeline(a) == ["routed", "related"]


def test_a_link_is_removed_from_either_side(agent: Caller, triage: Triage) -> None:
    a, b = triage.submit(), triage.submit()
    link(agent, a, b)
    assert agent("DELETE", f"/v1/tickets/{b}/links/{a}").status_code == 204
    assert (links(agent, a), links(agent, b)) == ([], [])
    assert agent("DELETE", f"/v1/tickets/{b}/links/{a}").status_code == 404
    assert agent("DELETE", f"/v1/tickets/{b}/links/{new_reference()}").status_code == 404
    assert agent("DELETE", f"/v1/tickets/{new_reference()}/links/{a}").status_code == 404


def test_the_link_of_a_merge_is_not_removed(agent: Caller, triage: Triage) -> None:
    a, b = triage.submit(), triage.submit()
    agent.post(f"/v1/tickets/{b}/merge", {"into": a})
    assert agent("DELETE", f"/v1/tickets/{b}/links/{a}").status_code == 404
    assert links(agent, b) == [{"reference": a, "relation": "merged_into"}]


def test_bad_input_is_named(agent: Caller, triage: Triage) -> None:
    reference = triage.submit()
    for body, field in (
        ({"to": new_reference()}, "to"),
        ({"to": reference}, "to"),
        ({"to": ""}, "to"),
        ({}, "to"),
        ({"to": None}, "to"),
        ({"to": new_reference(), "relation": "merged_into"}, "relation"),
        ({"to": new_reference(), "relation": "continues"}, "relation"),
    ):
        assert set(agent.post(f"/v1/tickets/{reference}/links", body, 422)["errors"]) == {field}
    link(agent, new_reference(), reference, 404)


def test_one_writes_to_this_and_reads_the_other(triage: Triage, people: People) -> None:
    ads, billing = triage.submit("ads/metrics"), triage.submit("billing/cost")
    agent = people("agent", "ads")
    link(agent, ads, billing, 403)
    link(agent, billing, ads, 403)
    link(people("auditor"), ads, billing, 403)
    both = people("agent", "ads", "billing")
    link(both, ads, billing)
    assert agent("DELETE", f"/v1/tickets/{billing}/links/{ads}").status_code == 403
    assert agent("DELETE", f"/v1/tickets/{ads}/links/{billing}").status_code == 204


def test_a_ticket_has_so_many_at_most(agent: Caller, triage: Triage) -> None:
    reference, one_more = triage.submit(), triage.submit()
    others = [new_reference() for _ in range(MOST_RELATED)]
    triage.rows(
        "insert into triage.ticket_links (ticket, other, relation) select unnest(cast(:o as text[])), :r, 'related'",
        o=others,
        r=reference,
    )
    link(agent, reference, one_more, 409)
    link(agent, one_more, reference, 409)


def test_a_repeated_request_links_once(agent: Caller, triage: Triage) -> None:
    a, b = triage.submit(), triage.submit()
    headers = {**agent.headers, "Idempotency-Key": "k"}
    answers = [agent.client.post(f"/v1/tickets/{a}/links", json={"to": b}, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    other = agent.client.post(f"/v1/tickets/{a}/links", json={"to": a}, headers=headers)
    assert other.status_code == 422
