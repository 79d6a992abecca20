"""Writes down what only the team reads."""

from sqlalchemy import Connection

from services.triage.actions.access import Hand, take_in_hand
from services.triage.tickets.timeline import Line, append
from shared.events.contracts import ticket_noted
from shared.events.log import record


def note(connection: Connection, reference: str, hand: Hand, message: str) -> None:
    """Add an internal note, whatever the ticket's state. Raises what take_in_hand raises."""
    ticket = take_in_hand(connection, reference, hand)
    append(connection, reference, Line("noted", by=hand.principal.name, message=message))
    told = {"team": ticket.team, "by": hand.principal.name}
    record(connection, [ticket_noted(reference, ticket.correlation_id, told)])
