"""The links of all open tickets of an address: asked for by anybody, told to nobody but the address itself, by e-mail."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from services.intake.submissions.submission import folded_address
from services.intake.submissions.validate import LONGEST_LOCALE, NO_EMAIL, REQUIRED
from shared.catalog.formats import is_email
from shared.errors import Unprocessable
from shared.events.contracts import Event, RecordedEvent, ticket_links_found, ticket_links_requested
from shared.events.log import record

# A mail with more would help nobody.
MOST_TICKETS = 50

_OPEN = text(f"""
    select lower(personal ->> 'email') as address, personal ->> 'email' as email, reference, key_number, category, submitted_at
    from intake.submissions
    where address = :address and personal is not null and status not in ('resolved', 'withdrawn')
    order by lower(personal ->> 'email'), submitted_at desc
    limit {MOST_TICKETS}
""")


def request_links(engine: Engine, email: str, locale: str, correlation_id: str) -> None:
    """Note the request. Whether the address is known is looked up later, so that the answer takes as long either way.

    Raises Unprocessable for what is no address.
    """
    given = email.strip()
    if not given:
        raise Unprocessable({"email": [REQUIRED]})
    if not is_email(given):
        raise Unprocessable({"email": [NO_EMAIL]})
    event = ticket_links_requested(correlation_id, {"locale": locale[:LONGEST_LOCALE]}, {"email": given})
    with engine.begin() as connection:
        record(connection, [event])


def find_links(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Look up the tickets of TicketLinksRequested events, in the caller's transaction.

    All spellings that may reach one mailbox are looked for, but each ticket's link goes to the very address its note came with.
    """
    record(connection, [found for event in events for found in _found(connection, event)])


def _found(connection: Connection, event: RecordedEvent) -> Iterator[Event]:
    address = folded_address(str(event.personal["email"]))
    rows = connection.execute(_OPEN, {"address": address}).all()
    for _, group in groupby(rows, key=lambda row: str(row.address)):
        tickets = list(group)
        payload = {"locale": event.payload["locale"], "tickets": [_ticket(row) for row in tickets]}
        yield ticket_links_found(event.correlation_id, payload, {"email": tickets[0].email})


def _ticket(row: Row[Any]) -> dict[str, object]:
    return {
        "reference": row.reference,
        "key_number": row.key_number,
        "category": row.category,
        "submitted_at": row.submitted_at.isoformat(),
    }
