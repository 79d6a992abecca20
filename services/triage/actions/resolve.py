"""Closes a ticket with an outcome."""

from typing import Literal, get_args

from sqlalchemy import Connection

from services.triage.actions.access import (
    UNDER_WAY,
    Hand,
    about,
    addressed,
    require_state,
    state_changed,
    take_in_hand,
)
from services.triage.tickets.lock import Move, move
from services.triage.tickets.timeline import Line
from shared.events.contracts import ticket_resolved
from shared.events.log import record

Outcome = Literal["solved", "not_solved", "spam", "duplicate"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


def resolve(connection: Connection, reference: str, hand: Hand, outcome: Outcome, message: str | None) -> None:
    """Resolve the ticket; the requester hears of it, in `message`'s words where there are any.

    Raises what take_in_hand raises, Conflict for a ticket that is over.
    """
    ticket = take_in_hand(connection, reference, hand)
    require_state(ticket, *UNDER_WAY)
    line = Line("resolved", by=hand.principal.name, message=message, facts={"outcome": outcome})
    move(connection, ticket, Move("resolved", "resolved", answered=True), line)
    payload = about(ticket, hand.principal, "resolved", outcome=outcome)
    record(
        connection,
        [
            ticket_resolved(reference, ticket.correlation_id, payload, addressed(ticket, message)),
            state_changed(ticket, "resolved"),
        ],
    )
