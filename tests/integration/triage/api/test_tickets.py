"""Queues, lists and tickets over HTTP."""

from uuid import uuid4

import pytest

from services.triage.timers.fill_search import fill_search
from services.triage.timers.fold_counts import fold_counts
from services.triage.timers.mark_breaches import mark_breaches
from tests.integration.triage.conftest import People, Triage


def test_queues_are_counted_with_and_without_folding(triage: Triage, people: People) -> None:
    for _ in range(3):
        triage.submit("ads/metrics")
    triage.submit("business/blocked-link", missing_evidence=["site_url"])
    late = triage.submit("ads/metrics", submitted_at="2026-01-01T00:00:00+00:00")
    agent = people("agent", "ads")
    agent.claim(limit=2)
    admin = people("admin")
    for step in (fold_counts, mark_breaches, fold_counts):
        queues = {queue["team"]: queue for queue in admin.get("/v1/queues")["items"]}
        assert list(queues) == ["account", "business", "ads", "billing"]
        ads = queues["ads"]
        assert (ads["open"], ads["claimed"], ads["held"], ads["waiting"], ads["breached"]) == (2, 2, 0, 0, 1)
        assert queues["business"]["held"] == 1
        assert queues["billing"]["oldest_open_at"] is None
        with triage.engine.begin() as connection:
            step(connection)
    assert triage.ticket(late).breached
    assert [queue["team"] for queue in agent.get("/v1/queues")["items"]] == ["ads"]


def test_a_list_is_paged_newest_first_while_new_tickets_arrive(triage: Triage, people: People) -> None:
    there = [triage.submit("ads/metrics") for _ in range(7)]
    agent = people("agent", "ads", "billing")
    seen: list[str] = []
    cursor = ""
    while True:
        page = agent.get(f"/v1/tickets?limit=3{cursor}")
        seen += [item["reference"] for item in page["items"]]
        triage.submit("billing/cost")
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == there[::-1]


def test_lists_are_filtered_by_team_state_and_category(triage: Triage, people: People) -> None:
    metrics = triage.submit("ads/metrics")
    loading = triage.submit("ads/loading")
    cost = triage.submit("billing/cost")
    admin = people("admin")

    def found(query: str) -> set[str]:
        return {item["reference"] for item in admin.get(f"/v1/tickets?{query}")["items"]}

    assert found("") == {metrics, loading, cost}
    assert found("team=billing") == {cost}
    assert found("category=ads/loading") == {loading}
    assert found("team=ads&state=claimed") == set()
    admin.claim()
    assert found("team=ads&state=claimed") == {metrics}


def test_a_list_row_has_the_fields_of_the_contract(triage: Triage, people: People) -> None:
    reference = triage.submit("ads/metrics", subject="Siffror?")
    [item] = people("agent", "ads").get("/v1/tickets")["items"]
    assert item["created_at"].startswith("20")
    assert item["respond_by"] is not None
    assert item["updated_at"] >= item["created_at"]
    assert {name: item[name] for name in item if name not in ("created_at", "respond_by", "updated_at")} == {
        "reference": reference,
        "subject": "Siffror?",
        "category": "ads/metrics",
        "team": "ads",
        "state": "open",
        "priority": "normal",
        "tags": [],
        "locale": "en",
        "claimed_by": None,
        "requester": {"name": "Anna", "email": "anna@example.com"},
        "snippet": "How does this work?",
        "attachment_count": 0,
        "last_from": "requester",
        "owner": None,
        "reserved_until": None,
        "snoozed_until": None,
    }


def test_a_ticket_is_shown_with_files_and_timeline(triage: Triage, people: People) -> None:
    file = {
        "id": str(uuid4()),
        "object": "a/b",
        "media_type": "image/png",
        "size": 5,
        "sha256": "00",
        "state": "pending",
    }
    reference = triage.submit("ads/metrics", attachments=[file], attachment_names={file["id"]: "a.png"})
    agent = people("agent", "ads")
    shown = agent.get(f"/v1/tickets/{reference}")
    assert shown["message"] == "How does this work?"
    assert shown["requester"] == {"email": "anna@example.com", "name": "Anna", "username": None}
    assert (shown["details"], shown["missing_evidence"], shown["ruleset"]) == ({}, [], 1)
    assert [line["kind"] for line in shown["timeline"]] == ["routed"]
    [attachment] = shown["attachments"]
    assert (attachment["name"], attachment["state"]) == ("a.png", "pending")
    answer = agent("GET", attachment["url"])
    assert answer.status_code == 302
    assert "X-Amz-Expires=300" in answer.headers["Location"]


def test_a_quarantined_file_is_a_conflict(triage: Triage, people: People) -> None:
    file = {
        "id": str(uuid4()),
        "object": "a",
        "media_type": "image/png",
        "size": 5,
        "sha256": "00",
        "state": "quarantined",
    }
    triage.submit("ads/metrics", attachments=[file])
    people("agent", "ads").get(f"/v1/attachments/{file['id']}", 409)


@pytest.mark.parametrize(
    "path",
    ["tickets/T-0000-0000", "attachments/0f3a1c52-6c0e-4d3e-9f0e-1b2c3d4e5f60", "attachments/x", "tickets?team=nobody"],
)
def test_unknown_teams_and_tickets_are_not_found(path: str, people: People) -> None:
    assert people("admin").get(f"/v1/{path}", 404)["status"] == 404


def test_an_agent_reads_nothing_of_another_team(triage: Triage, people: People) -> None:
    file = {"id": str(uuid4()), "object": "a", "media_type": "image/png", "size": 5, "sha256": "00", "state": "pending"}
    reference = triage.submit("billing/cost", attachments=[file])
    agent = people("agent", "ads")
    for path in (
        f"tickets/{reference}",
        f"tickets/{reference}/explanation",
        f"attachments/{file['id']}",
        "tickets?team=billing",
    ):
        agent.get(f"/v1/{path}", 403)
    assert agent.get("/v1/tickets")["items"] == []
    assert agent.get(f"/v1/tickets?q={reference}")["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("state=lost", "state"),
        ("cursor=abc", "cursor"),
    ],
)
def test_a_wrong_query_is_named(query: str, field: str, people: People) -> None:
    assert field in people("admin").get(f"/v1/tickets?{query}", 422)["errors"]


def test_a_request_without_a_token_is_refused(people: People) -> None:
    caller = people("admin")
    caller.headers = {}
    assert caller.get("/v1/tickets", 401)["status"] == 401


class TestSearch:
    @pytest.fixture
    def reference(self, triage: Triage) -> str:
        reference = triage.submit(
            "ads/metrics",
            subject="Annonserna syns inte",
            message="Mina pins är försvunna, Åsa",
            email="Asa.Ek@example.org",
        )
        triage.submit("billing/cost", subject="Costs", message="Running campaigns is expensive", email="bo@example.com")
        with triage.engine.begin() as connection:
            fill_search(connection)
        return reference

    @pytest.mark.parametrize(
        "query",
        [
            "annons",
            "annonserna",
            "FÖRSVUNNEN",
            "åsa",
            "asa.ek@example.org",
            "example.org",
            "pin mina",
            "Annonserna syns",
        ],
    )
    def test_words_are_found(self, query: str, reference: str, people: People) -> None:
        items = people("admin").get(f"/v1/tickets?q={query}")["items"]
        assert [item["reference"] for item in items] == [reference]

    @pytest.mark.parametrize("query", ["run", "campaign", "expens"])
    def test_english_words_by_stem_and_beginning(self, query: str, reference: str, people: People) -> None:
        [item] = people("admin").get(f"/v1/tickets?q={query}")["items"]
        assert item["team"] == "billing"

    def test_a_reference_is_found_whole_and_in_part(self, reference: str, people: People) -> None:
        for query in (reference, reference.lower(), reference[:8]):
            assert people("admin").get(f"/v1/tickets?q={query}")["items"][0]["reference"] == reference

    @pytest.mark.parametrize("query", ["zebra", "'; drop table", "zz %26 | !", "%25", ":*", "annons zebra"])
    def test_nothing_is_found(self, query: str, reference: str, people: People) -> None:
        assert people("admin").get(f"/v1/tickets?q={query}")["items"] == []


def test_text_with_control_characters_is_refused(people: People) -> None:
    agent = people("agent", "ads")
    assert list(agent.get("/v1/tickets?category=%00", 422)["errors"]) == ["category"]
    agent.get("/v1/tickets/T-%00", 404)
    agent.post("/v1/tickets/T-%00/notes", {"message": "x"}, 404)
