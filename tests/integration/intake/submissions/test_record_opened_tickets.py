"""A ticket that an agent opened is its requester's as if they had submitted it."""

from typing import Any

import pytest
from sqlalchemy import Engine, text

from services.intake.deps import Deps
from services.intake.handlers import HANDLERS, SUBSCRIBER
from services.intake.tickets.add_follow_up import Addition, add_follow_up
from services.intake.tickets.view_ticket import Ticket, view_ticket
from shared.events.consumer import Consumer
from shared.events.contracts import (
    Event,
    email_state_changed,
    ticket_links_requested,
    ticket_opened,
    ticket_routed,
    ticket_state_changed,
)
from shared.events.log import record
from shared.ticket_keys import mailed_key, new_reference
from tests.integration.intake.conftest import Send, submission_fields
from tests.integration.intake.inbound_mail.arriving import arrive, follow_ups, read_all, state
from tests.samples import mails

OPEN: dict[str, Any] = {"team": "account", "state": "open", "respond_by": None, "category": "account/login"}


def opened(email: str = "ann@example.com", **changes: Any) -> Event:
    """A TicketOpened event as triage records it."""
    payload: dict[str, Any] = {
        "category": "account/login",
        "locale": "sv",
        "platform": "web",
        "country": "SE",
        "key_number": 1,
        "missing_evidence": [],
        "cannot_provide": [],
        "attachments": [],
        "details_codes": {},
        "earlier_tickets": [],
        "submitted_at": "2026-11-22T10:00:00+00:00",
        "catalog": 1,
        "source": "phone",
        "by": "Ada",
        "acknowledge": True,
    }
    personal: dict[str, Any] = {
        "email": email,
        "name": "Ann",
        "username": None,
        "subject": "Locked out",
        "message": "I cannot log in.",
        "details": {},
        "attachment_names": {},
    }
    return ticket_opened(new_reference(), "c", payload | changes, personal)


def record_events(engine: Engine, *events: Event) -> list[int]:
    with engine.begin() as connection:
        return record(connection, events)


def deliver(engine: Engine, ids: list[int]) -> None:
    Consumer(engine, SUBSCRIBER, HANDLERS).consume(ids)


def arrives(deps: Deps, event: Event) -> str:
    deliver(deps.engine, record_events(deps.engine, event))
    return str(event.ticket)


def page(deps: Deps, reference: str) -> Ticket:
    return view_ticket(deps, reference, mailed_key(deps.settings.secret, reference, 1))


def waiting(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        found = text(
            "select l.type from events.deliveries d join events.log l using (id) where d.subscriber = 'intake' order by d.id"
        )
        return list(connection.execute(found).scalars())


def test_its_page_shows_what_they_told(deps: Deps) -> None:
    ticket = page(deps, arrives(deps, opened(missing_evidence=["screenshot"])))
    assert (ticket.subject, ticket.entries[0].text, ticket.email) == (
        "Locked out",
        "I cannot log in.",
        "ann@example.com",
    )
    assert (ticket.category, ticket.status, ticket.missing_evidence) == ("account/login", "received", ("screenshot",))
    assert ticket.created_at.isoformat().startswith("2026-11-22T")


def test_the_same_event_again_changes_nothing(deps: Deps) -> None:
    event = opened()
    reference = arrives(deps, event)
    deliver(deps.engine, record_events(deps.engine, ticket_routed(reference, "c", OPEN)))
    [number] = record_events(deps.engine, ticket_opened(reference, "c", event.payload, event.personal or {}))
    deliver(deps.engine, [number])
    assert page(deps, reference).status == "with_team"


def test_follow_ups_go_to_it(deps: Deps) -> None:
    reference = arrives(deps, opened())
    key = mailed_key(deps.settings.secret, reference, 1)
    added = add_follow_up(deps, reference, key, Addition("More.", {}, None), "c")
    assert added.reference == reference
    assert [(event.ticket, event.personal["message"]) for event in follow_ups(deps)] == [(reference, "More.")]


def test_a_reply_by_mail_is_its_requesters(deps: Deps) -> None:
    name = arrive(deps, mails.plain(), arrives(deps, opened()))
    read_all(deps)
    assert state(deps, name) == "taken_in"
    assert "from" not in follow_ups(deps)[0].personal


def test_its_link_is_found_by_its_address(deps: Deps) -> None:
    reference = arrives(deps, opened("Ann+x@Example.com"))
    deliver(
        deps.engine,
        record_events(deps.engine, ticket_links_requested("c", {"locale": "en"}, {"email": "ann@example.com"})),
    )
    with deps.engine.connect() as connection:
        found = connection.execute(text("select payload from events.log where type = 'TicketLinksFound'")).scalar_one()
    assert [ticket["reference"] for ticket in found["tickets"]] == [reference]


def test_it_counts_as_an_earlier_ticket_of_its_address(deps: Deps, send: Send) -> None:
    arrives(deps, opened(submitted_at="2026-11-28T10:00:00+00:00"))
    send(submission_fields(email="Ann+y@example.com"))
    with deps.engine.connect() as connection:
        payload = connection.execute(text("select payload from events.log where type = 'TicketSubmitted'")).scalar_one()
    assert [ticket["category"] for ticket in payload["earlier_tickets"]] == ["account/login"]


@pytest.mark.parametrize(
    "news",
    [
        lambda reference: ticket_routed(reference, "c", OPEN),
        lambda reference: ticket_state_changed(
            reference, "c", {"team": "account", "state": "waiting", "respond_by": None}
        ),
        lambda reference: email_state_changed(reference, "c", {"email": "e", "kind": "reply", "state": "bounced"}),
    ],
)
def test_news_that_overtakes_it_waits_and_is_not_lost(deps: Deps, news: Any) -> None:
    event = opened()
    [first] = record_events(deps.engine, event)
    [overtaking] = record_events(deps.engine, news(str(event.ticket)))
    deliver(deps.engine, [overtaking])
    assert len(waiting(deps.engine)) == 2
    deliver(deps.engine, [first])
    with deps.engine.begin() as connection:
        connection.execute(text("update events.deliveries set not_before = now(), due_at = now()"))
    deliver(deps.engine, [overtaking])
    assert waiting(deps.engine) == []
    shown = page(deps, str(event.ticket))
    assert (shown.status, shown.mail_state) != ("received", None)


def test_a_reply_that_overtakes_it_waits_and_is_not_lost(deps: Deps) -> None:
    event = opened()
    [first] = record_events(deps.engine, event)
    with deps.engine.begin() as connection:
        connection.execute(text("update events.deliveries set parked_at = now() where subscriber = 'intake'"))
    name = arrive(deps, mails.plain(), event.ticket)
    read_all(deps)
    assert state(deps, name) == "waiting"
    with deps.engine.begin() as connection:
        connection.execute(text("update events.deliveries set parked_at = null"))
        connection.execute(text("update intake.inbound_mails set not_before = now()"))
    deliver(deps.engine, [first])
    read_all(deps)
    assert state(deps, name) == "taken_in"


@pytest.mark.parametrize(("source", "shown"), [("phone", "console"), ("other", "console"), ("email", "email")])
def test_its_conversation_tells_how_it_came(deps: Deps, source: str, shown: str) -> None:
    assert [one.source for one in page(deps, arrives(deps, opened(source=source))).conversation] == [shown]


def test_one_without_a_message_begins_with_no_message(deps: Deps) -> None:
    event = opened()
    bare = ticket_opened(str(event.ticket), "c", event.payload, {**(event.personal or {}), "message": None})
    assert page(deps, arrives(deps, bare)).conversation == ()
