"""Proposes whom a requester's mail was copied to. Nobody takes part by being copied: an agent decides."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text

from shared.events.contracts import RecordedEvent
from shared.mail.addresses import folded_address

_PROPOSE = text("""
    insert into triage.proposed_participants (ticket, address, email)
    select proposed.ticket, proposed.address, proposed.email
    from jsonb_to_recordset(cast(:proposed as jsonb)) as proposed (ticket text, address text, email text)
    on conflict do nothing
""")


def propose_participants(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Store the `cc` of TicketSubmitted and TicketFollowedUp events, whose tickets are routed; those proposed before stay as they are."""
    proposed = [
        {"ticket": event.ticket, "address": folded_address(email), "email": email}
        for event in events
        for email in event.personal.get("cc") or ()
    ]
    if proposed:
        connection.execute(_PROPOSE, {"proposed": json.dumps(proposed)})
