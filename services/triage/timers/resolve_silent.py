"""Resolves waiting tickets whose requesters did not answer."""

from sqlalchemy import Connection, text

from services.triage.tickets.lock import LockedTicket, Move, lock_tickets, move
from services.triage.tickets.timeline import Line
from shared.events.contracts import Event, ticket_resolved, ticket_state_changed
from shared.events.log import record

NO_ANSWER = "no_answer"
STEP = 100

# Tickets with missing evidence are left to open_overdue.
_DUE = text("""
    select reference from triage.tickets
    where state = 'waiting' and missing_evidence = '{}' and state_since <= statement_timestamp() - make_interval(secs => :seconds)
    order by state_since limit :step
""")


def resolve_silent(connection: Connection, days: float) -> int:
    """Resolve up to STEP tickets that have waited for `days` and miss no evidence. Returns how many.

    Their requesters get an e-mail; a message within 14 days opens the ticket again, as after any resolution.
    """
    due = connection.execute(_DUE, {"seconds": days * 86_400, "step": STEP}).scalars().all()
    recorded: list[Event] = []
    for ticket in lock_tickets(connection, due).values():
        if ticket.state == "waiting" and not ticket.missing_evidence:
            move(connection, ticket, Move("resolved", NO_ANSWER), Line("resolved_in_silence"))
            recorded += _events(ticket)
    record(connection, recorded)
    return len(due)


def _events(ticket: LockedTicket) -> list[Event]:
    payload = {
        "team": ticket.team,
        "state": "resolved",
        "category": ticket.category,
        "locale": ticket.locale,
        "key_number": ticket.key_number,
        "by": None,
        "outcome": NO_ANSWER,
    }
    personal = {"email": ticket.email, "name": ticket.name, "subject": ticket.subject, "message": None}
    state = {"state": "resolved", "team": ticket.team, "respond_by": None}
    return [
        ticket_resolved(ticket.reference, ticket.correlation_id, payload, personal),
        ticket_state_changed(ticket.reference, ticket.correlation_id, state),
    ]
