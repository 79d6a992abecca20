"""The orders of lists of tickets."""

import base64
import json

import pytest

from services.triage.lists.filters import NEWEST, Wanted
from services.triage.lists.sorted_tickets import last_changed
from services.triage.timers.fill_search import fill_search
from tests.integration.triage.conftest import Caller, People, Triage


def _all(caller: Caller, query: str) -> list[str]:
    """The references of all pages, two a page."""
    found: list[str] = []
    cursor = ""
    while True:
        page = caller.get(f"/v1/tickets?{query}&limit=2{cursor}")
        found += [row["reference"] for row in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


@pytest.fixture
def tickets(triage: Triage) -> list[str]:
    found = [triage.submit("ads/metrics", subject=f"number{n} " + "rare " * n) for n in range(5)]
    for hours, reference in zip((3, 1, 4, 2), found, strict=False):
        triage.rows(
            "update triage.tickets set respond_by = now() + make_interval(hours => :h) where reference = :r",
            h=hours,
            r=reference,
        )
    triage.rows("update triage.tickets set respond_by = null where reference = :r", r=found[4])
    triage.rows("update triage.tickets set priority = 'urgent' where reference = :r", r=found[2])
    triage.rows("update triage.tickets set priority = 'low' where reference = :r", r=found[1])
    return found


def test_newest_first_is_the_default(tickets: list[str], people: People) -> None:
    agent = people("agent", "ads")
    assert _all(agent, "") == tickets[::-1]
    assert "stable" not in agent.get("/v1/tickets")


def test_by_queue_and_by_deadline(tickets: list[str], people: People, triage: Triage) -> None:
    agent = people("agent", "ads")
    by_queue = [tickets[n] for n in (2, 3, 0, 4, 1)]
    by_deadline = [tickets[n] for n in (1, 3, 0, 2, 4)]
    assert _all(agent, "sort=queue&state=open") == by_queue
    assert _all(agent, "sort=queue") == by_queue
    assert _all(agent, "sort=respond_by") == by_deadline
    agent.post(f"/v1/tickets/{tickets[3]}/resolution", {"outcome": "solved"})
    assert _all(agent, "sort=respond_by") == [tickets[n] for n in (1, 0, 2, 3, 4)]
    assert _all(people("agent", "billing"), "sort=queue") == []


def test_by_the_last_change(tickets: list[str], people: People, triage: Triage) -> None:
    agent = people("agent", "ads")
    agent.post(f"/v1/tickets/{tickets[1]}/notes", {"message": "x"}, 201)
    triage.follow_up(tickets[3])
    order = [tickets[n] for n in (3, 1, 4, 2, 0)]
    assert _all(agent, "sort=updated") == order
    with triage.engine.begin() as connection:
        wanted = Wanted(["ads"], limit=2)
        page = last_changed(connection, wanted, NEWEST, most_ordered=1, lines=1)
        assert [row.reference for row in page] == order[:3]
        page = last_changed(connection, wanted, page[1].line, most_ordered=1, lines=1)
        assert [row.reference for row in page] == order[2:]


@pytest.mark.parametrize("sort", ["queue", "respond_by", "updated", "relevance"])
def test_a_cursor_of_another_list_is_refused(sort: str, tickets: list[str], people: People) -> None:
    agent = people("agent", "ads")
    agent.get(f"/v1/tickets?sort={sort}&cursor=WzEsMiwzLDQsNV0", 422)
    agent.get(f"/v1/tickets?sort={sort}&cursor=x", 422)
    agent.get("/v1/tickets?sort=random", 422)


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("queue", [1_000_000, "infinity", "2026-01-01T00:00:00+00:00", 1]),
        ("queue", [1, "nonsense", "2026-01-01T00:00:00+00:00", 1]),
        ("queue", [1, "0001-01-01T00:00:00+23:59", "2026-01-01T00:00:00+00:00", 1]),
    ],
)
def test_a_cursor_that_no_page_gave_is_refused(
    sort: str, key: list[object], tickets: list[str], people: People
) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")
    people("agent", "ads").get(f"/v1/tickets?sort={sort}&cursor={cursor}", 422)


@pytest.mark.parametrize("moment", ["2026-W01-1", "2026-01-01T00:00:00.1234567891", "2026-01-01T00:00:00+23:59"])
def test_a_moment_in_another_form_is_read_all_the_same(moment: str, tickets: list[str], people: People) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps([moment, moment, 1]).encode()).decode().rstrip("=")
    assert people("agent", "ads").get(f"/v1/tickets?sort=respond_by&cursor={cursor}")["items"]


def test_matches_of_a_search_in_every_order(tickets: list[str], people: People, triage: Triage) -> None:
    with triage.engine.begin() as connection:
        fill_search(connection)
    agent = people("agent", "ads")
    assert _all(agent, "q=rare") == [tickets[n] for n in (4, 3, 2, 1)]
    assert _all(agent, "q=rare&sort=queue") == [tickets[n] for n in (2, 3, 4, 1)]
    assert _all(agent, "q=rare&sort=respond_by") == [tickets[n] for n in (1, 3, 2, 4)]
    assert sorted(_all(agent, "q=rare&sort=relevance")) == sorted(tickets[1:])
    assert _all(agent, f"q={tickets[0]}&sort=updated") == [tickets[0]]
