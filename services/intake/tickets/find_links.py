"""Send the links of all open tickets of an e-mail address to that address. Anybody may ask for it."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, text

from services.intake.deps import Deps
from services.intake.submissions.spam_check import check_spam
from shared.errors import TooManyRequests, Unprocessable
from shared.events.contracts import Event, RecordedEvent, ticket_links_found, ticket_links_requested
from shared.events.log import record
from shared.i18n.marker import gettext_noop
from shared.mail.addresses import folded_address, visible
from shared.submission_fields import LONGEST_LOCALE
from shared.submission_values import REQUIRED, email_error

# More links than this in one mail would not help.
MOST_TICKETS = 50

TOO_OFTEN = gettext_noop(
    "The links were asked for often in a short time. They are in our e-mails to you, or try again later."
)

_OPEN = text(f"""
    select lower(personal ->> 'email') as address, personal ->> 'email' as email, reference, key_number, category, submitted_at
    from intake.submissions
    where address = :address and personal is not null and status not in ('resolved', 'withdrawn')
    order by lower(personal ->> 'email'), submitted_at desc
    limit {MOST_TICKETS}
""")


def request_links(
    deps: Deps, email: str, locale: str, network: str, correlation_id: str, *, honeypot_filled: bool
) -> None:
    """Record the request. Whether the address is known is looked up later, so that the answer takes as long either way.

    Raises Unprocessable for an invalid address and a suspicious form, TooManyRequests.
    """
    check_spam(deps, network, quick=False, honeypot_filled=honeypot_filled)
    counted = (
        (deps.settings.links, "links", folded_address(email)),
        (deps.settings.submissions, "links-of-network", network),
    )
    if wait := max(deps.limiter.seconds_to_wait(*one) for one in counted):
        raise TooManyRequests(TOO_OFTEN, wait)
    _record_request(deps, visible(email), locale, correlation_id)
    for one in counted:
        deps.limiter.count(*one)


def _record_request(deps: Deps, given: str, locale: str, correlation_id: str) -> None:
    if error := email_error(given, smtputf8=deps.settings.smtputf8) if given else REQUIRED:
        raise Unprocessable({"email": [error]})
    event = ticket_links_requested(correlation_id, {"locale": locale[:LONGEST_LOCALE]}, {"email": given})
    with deps.engine.begin() as connection:
        record(connection, [event])


def find_links(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Look up the tickets of TicketLinksRequested events, in the caller's transaction.

    Tickets are found by every spelling that may reach one mailbox, but each link goes to the exact address of its submission.
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
