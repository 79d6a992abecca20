"""Fold addresses of versions up to 0.1.0 again, and report them: it took ß, a final sigma and joiners for other characters (IDNA 2003)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from shared.events.contracts import Event, requester_address_rebuilt
from shared.events.log import record
from shared.mail.addresses import folded_address, has_international_domain

# The event locks each ticket until the commit.
STEP = 200

_TICKETS = text("""
    select reference, correlation_id, address, personal ->> 'email' as email from intake.submissions
    where address_event is null and octet_length(address) > char_length(address)
    order by reference limit :step for update skip locked
""")
_REBUILD_TICKETS = text("""
    update intake.submissions s set address = rebuilt.address, address_event = rebuilt.event
    from unnest(cast(:references as text[]), cast(:addresses as text[]), cast(:events as bigint[])) as rebuilt (reference, address, event)
    where s.reference = rebuilt.reference
""")
_MAILS = text("""
    select object, address from intake.inbound_mails
    where not address_rebuilt and octet_length(address) > char_length(address)
    order by object limit :step for update skip locked
""")
_REBUILD_MAILS = text("""
    update intake.inbound_mails m set address = rebuilt.address, address_rebuilt = true
    from unnest(cast(:objects as text[]), cast(:addresses as text[])) as rebuilt (object, address) where m.object = rebuilt.object
""")


def rebuild_addresses(connection: Connection) -> bool:
    """Rebuild up to STEP tickets and mails, each once. Returns whether there may be more."""
    mails = connection.execute(_MAILS, {"step": STEP}).all()
    addresses = [folded_address(mail.address) for mail in mails]
    connection.execute(_REBUILD_MAILS, {"objects": [mail.object for mail in mails], "addresses": addresses})
    tickets = connection.execute(_TICKETS, {"step": STEP}).all()
    numbers = _report(connection, tickets)
    values = {
        "references": [ticket.reference for ticket in tickets],
        "addresses": [folded_address(ticket.email or ticket.address) for ticket in tickets],
        "events": [numbers.get(ticket.reference, 0) for ticket in tickets],
    }
    connection.execute(_REBUILD_TICKETS, values)
    return STEP in (len(mails), len(tickets))


def _report(connection: Connection, tickets: Sequence[Row[Any]]) -> Mapping[str, int]:
    """Record an event for each ticket whose domain is beyond ASCII; returns their numbers."""
    events = list(_events(tickets))
    return dict(zip((str(event.ticket) for event in events), record(connection, events), strict=True))


def _events(tickets: Sequence[Row[Any]]) -> Iterator[Event]:
    for ticket in tickets:
        if ticket.email and has_international_domain(ticket.email):
            yield requester_address_rebuilt(ticket.reference, ticket.correlation_id, {"email": ticket.email})
