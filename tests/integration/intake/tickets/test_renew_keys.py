"""Both keys of a ticket are renewed by events of triage."""

from sqlalchemy import Engine, text

from services.intake.deps import Deps
from services.intake.tickets.view_ticket import view_ticket
from shared.errors import NotFound
from shared.events.contracts import Event, key_renewal_requested
from shared.ticket_keys import mailed_key, new_reference, receipt_key
from tests.integration.intake.conftest import Send
from tests.integration.intake.conversation.told import deliver, recorded


def renewal(reference: str) -> Event:
    return key_renewal_requested(reference, "c", {"team": "account", "by": "Ada"})


def opens(deps: Deps, reference: str, number: int) -> list[bool]:
    """Whether receipt's and mailed key of this number do."""
    found = []
    for make in (receipt_key, mailed_key):
        try:
            view_ticket(deps, reference, make(deps.settings.secret, reference, number))
            found.append(True)
        except NotFound:
            found.append(False)
    return found


def test_old_links_answer_as_wrong_ones(engine: Engine, deps: Deps, send: Send) -> None:
    reference = send().reference
    deliver(engine, renewal(reference))
    assert (opens(deps, reference, 1), opens(deps, reference, 2)) == ([False, False], [True, True])
    assert recorded(engine, "TicketKeysRenewed") == [({"key_number": 2}, None)]


def test_each_renewal_counts_once(engine: Engine, deps: Deps, send: Send) -> None:
    reference = send().reference
    first, second = deliver(engine, renewal(reference), renewal(reference))
    with engine.begin() as connection:
        again = "insert into events.deliveries (id, subscriber, ticket, due_at) values (:id, 'intake', :ticket, now())"
        for number in (first, second):
            connection.execute(text(again), {"id": number, "ticket": reference})
    deliver(engine)
    assert [payload for payload, _ in recorded(engine, "TicketKeysRenewed")] == [{"key_number": 2}, {"key_number": 3}]
    assert opens(deps, reference, 3) == [True, True]


def test_an_unknown_ticket_is_left_out(engine: Engine) -> None:
    deliver(engine, renewal(new_reference()))
    assert recorded(engine, "TicketKeysRenewed") == []
