"""Withdraws tickets for their requesters."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.triage.tickets.lock import Move, lock_tickets, move
from services.triage.tickets.merged import withdraw_merged
from services.triage.tickets.timeline import Line, append
from shared.errors import TransientError
from shared.events.contracts import Event, RecordedEvent, ticket_state_changed
from shared.events.log import record


def withdraw(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Withdraw the tickets of TicketWithdrawn events, claimed ones too; a resolved one stays resolved.

    Raises TransientError for a ticket that is not routed yet.
    """
    tickets = lock_tickets(connection, [str(event.ticket) for event in events])
    recorded: dict[str, Event] = {}
    for event in events:
        ticket = tickets.get(str(event.ticket))
        if ticket is None:
            raise TransientError(f"{event.ticket} is not routed yet")
        line = Line("withdrawn", at=event.occurred_at)
        if ticket.state == "withdrawn" or ticket.reference in recorded:
            continue
        if ticket.state == "resolved":
            append(connection, ticket.reference, line)
            if ticket.merged_into is not None:
                withdraw_merged(connection, ticket.reference)
            continue
        move(connection, ticket, Move("withdrawn", "withdrawn"), line)
        payload = {"state": "withdrawn", "team": ticket.team}
        recorded[ticket.reference] = ticket_state_changed(ticket.reference, event.correlation_id, payload)
    record(connection, list(recorded.values()))
