"""Routing of submitted tickets."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.triage.routing.route_tickets import route_tickets
from shared.events.contracts import RecordedEvent
from tests.integration.triage.conftest import Triage, submitted


def test_a_ticket_is_in_the_queue_of_its_paths_team_with_the_ruleset_that_routed_it(triage: Triage) -> None:
    reference = triage.submit("ads/metrics")
    ticket = triage.ticket(reference)
    assert (ticket.team, ticket.state, ticket.priority, ticket.ruleset) == ("ads", "open", "normal", 1)
    assert ticket.respond_by - ticket.created_at == timedelta(hours=8)
    assert triage.timeline(reference) == ["routed"]
    [told] = triage.told(reference, "TicketRouted")
    assert told["team"] == "ads"
    assert told["state"] == "open"
    assert told["placed_by"] is None


def test_the_rule_that_sets_the_team_is_named(triage: Triage) -> None:
    reference = triage.submit("business/pin-button", message="Var finns min faktura?")
    assert triage.ticket(reference).team == "billing"
    [told] = triage.told(reference, "TicketRouted")
    assert told["placed_by"] is not None


def test_a_ticket_with_missing_evidence_is_held_without_a_deadline(triage: Triage) -> None:
    reference = triage.submit("business/blocked-link", missing_evidence=["site_url", "pin_url"])
    ticket = triage.ticket(reference)
    assert (ticket.state, ticket.respond_by, ticket.missing_evidence) == ("held", None, ["site_url", "pin_url"])


def test_evidence_that_cannot_be_provided_is_a_tag_and_does_not_hold(triage: Triage) -> None:
    reference = triage.submit(
        "business/blocked-link", cannot_provide=["site_url"], details={"cannot_provide": ["site_url"]}
    )
    ticket = triage.ticket(reference)
    assert ticket.state == "open"
    assert "evidence-refused" in ticket.tags


def test_urgent_tickets_are_due_within_the_hour(triage: Triage) -> None:
    ticket = triage.ticket(triage.submit("account/login", message="My account was HACKED!"))
    assert ticket.priority == "urgent"
    assert ticket.tags == ["security"]
    assert ticket.respond_by - ticket.created_at == timedelta(hours=1)


def test_the_files_of_a_ticket_have_their_names(triage: Triage) -> None:
    file = {
        "id": str(uuid4()),
        "object": "a/b",
        "media_type": "image/png",
        "size": 5,
        "sha256": "00",
        "state": "pending",
    }
    reference = triage.submit(attachments=[file], attachment_names={file["id"]: "skärm.png"})
    [row] = triage.rows("select * from triage.attachments where ticket = :reference", reference=reference)
    assert (str(row.id), row.object, row.name, row.state) == (file["id"], "a/b", "skärm.png", "pending")


def test_routing_a_ticket_again_makes_neither_a_row_nor_an_event(triage: Triage) -> None:
    event = submitted()
    assert triage.take(event) == 1
    again = RecordedEvent(
        0, event.event_id, event.type, 1, event.ticket, "c", datetime.now(UTC), event.payload, event.personal or {}
    )
    with triage.engine.begin() as connection:
        route_tickets(connection, triage.rulesets.active(connection), [again, again])
    assert len(triage.told(str(event.ticket), "TicketRouted")) == 1
    assert triage.timeline(str(event.ticket)) == ["routed"]


def test_two_workers_with_the_same_ids_route_each_ticket_once(triage: Triage) -> None:
    events = [submitted() for _ in range(60)]
    ids = triage.record(*events)
    barrier = threading.Barrier(4)
    handled: list[int] = []

    def work() -> None:
        barrier.wait()
        handled.append(triage.consumer.consume(ids))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(handled) == 60
    assert triage.rows("select count(*) from triage.tickets")[0][0] == 60
    assert triage.rows("select count(*) from events.log where type = 'TicketRouted'")[0][0] == 60


def test_the_facts_are_stored_without_subject_and_message(triage: Triage) -> None:
    earlier = [{"category": "ads/disapproved", "submitted_at": (datetime.now(UTC) - timedelta(days=2)).isoformat()}]
    ticket = triage.ticket(triage.submit("ads/disapproved", earlier_tickets=earlier))
    assert ticket.tags == ["appeal"]
    assert ticket.facts["previous_tickets"][0]["age"] == pytest.approx(2 * 86_400, abs=60)
    assert "message" not in ticket.facts


def test_a_new_ruleset_is_used_by_the_next_batch(triage: Triage) -> None:
    triage.submit()
    triage.rows("update triage.rulesets set state = 'retired' where number = 1")
    triage.rows("""
        insert into triage.rulesets (number, state, comment, created_by, document)
        select 2, 'active', 'all to billing', 'test', jsonb_set(document::jsonb, '{rules}',
            '[{"id": "all", "then": {"team": "billing"}}]')::json from triage.rulesets where number = 1
    """)
    ticket = triage.ticket(triage.submit())
    assert (ticket.team, ticket.ruleset) == ("billing", 2)
