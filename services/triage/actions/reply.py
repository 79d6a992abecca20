"""Answers the requester."""

from typing import Literal

from sqlalchemy import Connection, text

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
from services.triage.tickets.timeline import Line, append
from shared.events.contracts import ticket_answered
from shared.events.log import record

Then = Literal["wait", "resolve", "keep"]
STATE_AFTER = {"wait": "waiting", "resolve": "resolved"}

_ANSWERED = text("""
    update triage.tickets set answered_at = coalesce(answered_at, clock_timestamp()) where reference = :reference
""")


def reply(connection: Connection, reference: str, hand: Hand, message: str, then: Then) -> None:
    """Send `message`; `then` the ticket waits for the requester, is resolved, or stays as it is, claim and all.

    Raises what take_in_hand raises, and Conflict for a ticket that is over.
    """
    ticket = take_in_hand(connection, reference, hand)
    require_state(ticket, *UNDER_WAY)
    line = Line("replied", by=hand.principal.name, message=message, facts={"then": then})
    state = STATE_AFTER.get(then, ticket.state)
    answered = ticket_answered(
        reference, ticket.correlation_id, about(ticket, hand.principal, state, then=then), addressed(ticket, message)
    )
    if then == "keep":
        append(connection, reference, line)
        connection.execute(_ANSWERED, {"reference": reference})
        record(connection, [answered])
        return
    move(connection, ticket, Move(state, "replied", answered=True), line)
    record(connection, [answered, state_changed(ticket, state)])
