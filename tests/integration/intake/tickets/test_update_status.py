"""A requester's page is kept up to date by the other services' events."""

from typing import Any

import pytest
from sqlalchemy import Engine, text

from services.intake.deps import Deps
from services.intake.handlers import HANDLERS, SUBSCRIBER
from services.intake.tickets.view_ticket import Ticket, view_ticket
from services.intake.tickets.withdraw_ticket import withdraw_ticket
from shared.events.consumer import Consumer
from shared.events.contracts import Event, email_state_changed, ticket_routed, ticket_state_changed, ticket_transferred
from shared.events.log import record
from shared.ticket_keys import receipt_key
from tests.integration.intake.conftest import Send

ROUTED: dict[str, Any] = {
    "team": "ads",
    "state": "open",
    "priority": "normal",
    "tags": [],
    "ruleset": 1,
    "respond_by": None,
    "placed_by": None,
}


def record_events(engine: Engine, *events: Event) -> list[int]:
    with engine.begin() as connection:
        return record(connection, events)


def deliver(engine: Engine, ids: list[int]) -> None:
    Consumer(engine, SUBSCRIBER, HANDLERS).consume(ids)
    with engine.connect() as connection:
        left = "select count(*) from events.deliveries where subscriber = 'intake' and id = any(:ids)"
        assert connection.execute(text(left), {"ids": ids}).scalar_one() == 0


def shown(deps: Deps, reference: str) -> Ticket:
    return view_ticket(deps, reference, receipt_key(deps.settings.secret, reference, 1))


@pytest.mark.parametrize(
    ("state", "status"),
    [("held", "needs_evidence"), ("open", "with_team"), ("claimed", "with_team"), ("waiting", "answered"),
     ("resolved", "resolved"), ("withdrawn", "withdrawn")],
)  # fmt: skip
def test_each_state_has_its_status(engine: Engine, deps: Deps, send: Send, state: str, status: str) -> None:
    reference = send().reference
    deliver(engine, record_events(engine, ticket_state_changed(reference, "c", {"state": state, "team": "ads"})))
    ticket = shown(deps, reference)
    assert (ticket.status, ticket.team) == (status, "ads")


def test_routing_tells_team_and_when_to_expect_an_answer(engine: Engine, deps: Deps, send: Send) -> None:
    reference = send().reference
    payload = {**ROUTED, "respond_by": "2026-12-01T10:00:00+00:00"}
    deliver(engine, record_events(engine, ticket_routed(reference, "c", payload)))
    ticket = shown(deps, reference)
    assert ticket.answer_by is not None
    assert ticket.answer_by.isoformat() == "2026-12-01T10:00:00+00:00"
    deliver(engine, record_events(engine, ticket_transferred(reference, "c", {"team": "billing", "state": "open"})))
    after = shown(deps, reference)
    assert (after.team, after.answer_by) == ("billing", ticket.answer_by)


def test_an_older_event_that_comes_late_changes_nothing(engine: Engine, deps: Deps, send: Send) -> None:
    reference = send().reference
    early = record_events(engine, ticket_routed(reference, "c", ROUTED))
    late = record_events(engine, ticket_state_changed(reference, "c", {"state": "resolved", "team": "ads"}))
    deliver(engine, late)
    deliver(engine, early)
    assert shown(deps, reference).status == "resolved"


def test_a_withdrawn_ticket_stays_withdrawn(engine: Engine, deps: Deps, send: Send) -> None:
    reference = send().reference
    routed = record_events(engine, ticket_routed(reference, "c", ROUTED))
    withdraw_ticket(deps, reference, receipt_key(deps.settings.secret, reference, 1), "c")
    claimed = record_events(engine, ticket_state_changed(reference, "c", {"state": "claimed", "team": "ads"}))
    deliver(engine, claimed)
    deliver(engine, routed)
    assert shown(deps, reference).status == "withdrawn"


def test_a_batch_of_many_tickets_is_handled_at_once(engine: Engine, deps: Deps, send: Send) -> None:
    references = [
        send({"category": "account/login", "email": "a@example.com", "message": str(number)}).reference
        for number in range(5)
    ]
    deliver(engine, record_events(engine, *(ticket_routed(reference, "c", ROUTED) for reference in references)))
    assert {shown(deps, reference).status for reference in references} == {"with_team"}


def test_newly_asked_evidence_is_shown_as_missing(engine: Engine, deps: Deps, send: Send) -> None:
    reference = send().reference
    payload = {"state": "waiting", "team": "ads", "missing_evidence": ["screenshot"]}
    deliver(engine, record_events(engine, ticket_state_changed(reference, "c", payload)))
    assert shown(deps, reference).missing_evidence == ("screenshot",)


def test_a_mail_that_bounced_is_shown(engine: Engine, deps: Deps, send: Send) -> None:
    reference = send().reference
    about = {"email": "1", "kind": "acknowledgement", "because": "no such mailbox"}
    deliver(engine, record_events(engine, email_state_changed(reference, "c", {**about, "state": "bounced"})))
    deliver(engine, record_events(engine, email_state_changed(None, "c", {**about, "state": "sent"})))
    assert shown(deps, reference).mail_state == "bounced"


def test_an_older_state_of_a_mail_that_comes_late_changes_nothing(engine: Engine, deps: Deps, send: Send) -> None:
    reference = send().reference
    about = {"email": "1", "kind": "acknowledgement", "because": None}
    early = record_events(engine, email_state_changed(reference, "c", {**about, "state": "sent"}))
    late = record_events(engine, email_state_changed(reference, "c", {**about, "state": "bounced"}))
    deliver(engine, late)
    deliver(engine, early)
    assert shown(deps, reference).mail_state == "bounced"
