"""Views: kept searches, counted for whoever looks, shared by those who may."""

from typing import Any
from uuid import uuid4

import pytest

from services.triage.lists import run_search as search
from services.triage.timers.fill_search import fill_search
from tests.integration.triage.conftest import Caller, People, Triage

OPEN: dict[str, Any] = {"name": "Open", "query": "state:open"}
OF_ADS = OPEN | {"name": "Ads", "shared_with": "team", "team": "ads"}
OF_ALL = OPEN | {"name": "All", "shared_with": "all"}


def _fill(triage: Triage) -> None:
    with triage.engine.begin() as connection:
        while fill_search(connection):
            pass


def _names(caller: Caller) -> list[str]:
    return [item["name"] for item in caller.get("/v1/views")["items"]]


def test_a_view_is_made_changed_and_deleted(triage: Triage, people: People) -> None:
    triage.submit()
    triage.submit("billing/cost")
    _fill(triage)
    agent = people("agent", "ads")
    made = agent.post("/v1/views", OPEN, 201)
    assert made == {
        "id": made["id"], "name": "Open", "query": "state:open", "sort": "created", "shared_with": "me",
        "count": {"value": 1, "exact": True},
    }  # fmt: skip
    assert agent.get("/v1/views") == {"items": [made], "next_cursor": None}
    body = {"name": " My  own ", "query": "owner:me", "sort": "respond_by", "shared_with": "me"}
    changed = agent.put(f"/v1/views/{made['id']}", body)
    assert changed == {**body, "name": "My own", "id": made["id"], "count": {"value": 0, "exact": True}}
    answer = agent("DELETE", f"/v1/views/{made['id']}")
    assert (answer.status_code, answer.data) == (204, b"")
    assert agent.get("/v1/views")["items"] == []
    for method in ("PUT", "DELETE"):
        assert agent(method, f"/v1/views/{made['id']}", OPEN).status_code == 404


def test_who_sees_and_changes_a_view(people: People) -> None:
    agent, other, lead, admin = (
        people("agent", "ads"),
        people("agent", "billing"),
        people("lead", "ads"),
        people("admin"),
    )
    of_ads, of_all = lead.post("/v1/views", OF_ADS, 201), admin.post("/v1/views", OF_ALL, 201)
    mine = agent.post("/v1/views", OPEN | {"name": "Mine"}, 201)
    assert of_ads["team"] == "ads"
    assert _names(agent) == ["Mine", "Ads", "All"]
    assert _names(other) == ["All"]
    assert _names(admin) == ["Ads", "All"]
    assert _names(people("auditor")) == ["Ads", "All"]
    for caller, views in (
        (agent, (of_ads, of_all)),
        (lead, (mine, of_all)),
        (other, (mine, of_ads, of_all)),
        (admin, (mine,)),
    ):
        for view in views:
            caller.put(f"/v1/views/{view['id']}", OPEN, 403)
            assert caller("DELETE", f"/v1/views/{view['id']}").status_code == 403
    assert _names(agent) == ["Mine", "Ads", "All"]
    people("lead", "ads").put(f"/v1/views/{of_ads['id']}", OF_ADS | {"name": "By another lead"})
    admin.put(f"/v1/views/{of_ads['id']}", OF_ADS | {"name": "By an admin"})
    assert _names(agent) == ["Mine", "By an admin", "All"]


@pytest.mark.parametrize("role", ["agent", "service", "lead"])
def test_only_leads_share_with_a_team_and_admins_with_all(people: People, role: Any) -> None:
    caller = people(role, "ads")
    caller.post("/v1/views", OF_ADS, 201 if role == "lead" else 403)
    caller.post("/v1/views", OF_ADS | {"team": "billing"}, 403)
    caller.post("/v1/views", OF_ALL, 403)
    mine = caller.post("/v1/views", OPEN, 201)["id"]
    caller.put(f"/v1/views/{mine}", OF_ALL, 403)
    caller.put(f"/v1/views/{mine}", OF_ADS | {"team": "billing"}, 403)
    people("auditor").post("/v1/views", OPEN, 403)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"query": "colour:red"}, "query"), ({"query": "priority:sky"}, "query"), ({"query": "  "}, "query"),
        ({"query": "x" * 201}, "query"), ({"query": "team:sales"}, "query"),
        ({"name": ""}, "name"), ({"name": "   "}, "name"), ({"name": "x" * 81}, "name"), ({"name": "\x00"}, "name"),
        ({"sort": "size"}, "sort"), ({"shared_with": "nobody"}, "shared_with"), ({"shared_with": "team"}, "team"),
        ({"shared_with": "team", "team": "sales"}, "team"), ({"team": "ads"}, "team"), ({"colour": "red"}, "colour"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(people: People, wrong: dict[str, Any], field: str) -> None:
    lead = people("lead", "ads")
    view = lead.post("/v1/views", OPEN, 201)["id"]
    assert field in lead.post("/v1/views", OPEN | wrong, 422)["errors"]
    assert field in lead.put(f"/v1/views/{view}", OPEN | wrong, 422)["errors"]
    assert lead.get("/v1/views")["items"][0]["query"] == "state:open"


def test_a_repeated_request_makes_no_second_view(people: People) -> None:
    agent = people("agent", "ads")
    headers = agent.headers | {"Idempotency-Key": uuid4().hex}
    first, second = (agent.client.post("/v1/views", json=OPEN, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert second.headers["Idempotency-Replayed"] == "true"
    assert agent.client.post("/v1/views", json=OF_ALL, headers=headers).status_code == 422
    assert len(agent.get("/v1/views")["items"]) == 1


def test_views_are_paged_in_their_order(people: People) -> None:
    agent = people("agent", "ads")
    for number in range(5):
        agent.post("/v1/views", OPEN | {"name": f"View {number}"}, 201)
    seen, cursor = [], ""
    while cursor is not None:
        page = agent.get(f"/v1/views?limit=2{f'&cursor={cursor}' if cursor else ''}")
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [f"View {number}" for number in range(5)]
    agent.get("/v1/views?cursor=WzEsMSwieCJd", 422)


@pytest.mark.parametrize("scanned", [5_000, 10])
def test_a_count_is_exact_up_to_1000(
    triage: Triage, people: People, scanned: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "NEWEST_SCANNED", scanned)
    reference = triage.submit(message="lamp")
    _fill(triage)
    triage.rows(
        """
        insert into triage.tickets (reference, team, state, category, priority, tags, message, email, details, missing_evidence,
            key_number, correlation_id, created_at, ruleset, facts, decision)
        select 'R-' || n, team, state, category, priority, tags, message, email, details, missing_evidence, key_number, correlation_id,
            created_at, ruleset, facts, decision from triage.tickets, generate_series(1, 999) n
        """
    )
    triage.rows(
        """
        insert into triage.search (ticket, sequence, team, email, category, form, vector)
        select t.reference, t.sequence, s.team, s.email, s.category, 2, s.vector from triage.tickets t, triage.search s
        where t.reference <> s.ticket
        """
    )
    agent = people("agent", "ads")
    view = agent.post("/v1/views", OPEN | {"query": "lamp state:open"}, 201)
    assert view["count"] == {"value": 1000, "exact": True}
    triage.rows("update triage.tickets set state = 'resolved' where reference = :r", r=reference)
    assert agent.get("/v1/views")["items"][0]["count"] == {"value": 999, "exact": True}
    triage.rows("update triage.tickets set state = 'open'")
    triage.submit(message="lamp")
    _fill(triage)
    assert agent.get("/v1/views")["items"][0]["count"] == {"value": 1000, "exact": False}


def test_a_view_that_can_no_longer_be_read_finds_nothing(triage: Triage, people: People) -> None:
    agent = people("agent", "ads")
    agent.post("/v1/views", OPEN, 201)
    triage.rows("update triage.views set query = 'owner:somebody-who-left'")
    assert agent.get("/v1/views")["items"][0]["count"] == {"value": 0, "exact": False}
    triage.rows("update triage.views set query = 'colour:red'")
    assert agent.get("/v1/views")["items"][0]["count"] == {"value": 0, "exact": False}
