"""Submissions that intake has accepted and triage has not routed yet."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle, islice

from sqlalchemy import Connection

from bench.past import PAST_FACTS
from shared.events.contracts import Event, ticket_submitted
from shared.events.log import record
from shared.ticket_keys import new_reference

_AT_ONCE = 2_000


def record_backlog(connection: Connection, count: int) -> None:
    """Record so many TicketSubmitted events, as intake does; they are routed once the caller commits."""
    left = count
    while left > 0:
        record(connection, list(submitted(min(left, _AT_ONCE))))
        left -= _AT_ONCE


def submitted(count: int) -> Iterator[Event]:
    """TicketSubmitted events made of PAST_FACTS, each with a requester of its own."""
    now = datetime.now(UTC).isoformat()
    for facts in islice(cycle(PAST_FACTS), count):
        reference = new_reference()
        payload = {
            "category": facts["category"],
            "locale": facts["locale"],
            "platform": facts["platform"],
            "country": facts.get("country"),
            "key_number": 1,
            "missing_evidence": facts.get("missing_evidence", []),
            "cannot_provide": [],
            "attachments": [],
            "details_codes": {},
            "earlier_tickets": [],
            "submitted_at": now,
            "catalog": 1,
        }
        personal = {
            "email": f"{reference}@{facts['email_domain']}",
            "name": None,
            "username": None,
            "subject": facts["subject"],
            "message": facts["message"],
            "details": {},
            "attachment_names": {},
        }
        yield ticket_submitted(reference, reference, payload, personal)
