"""Takes a resolved (or waiting) ticket up again."""

from sqlalchemy import Connection

from services.triage.actions.access import Hand, require_state, state_changed, take_in_hand
from services.triage.routing.deadline import restarted
from services.triage.rulesets.stored import NumberedRuleset
from services.triage.tickets.lock import Move, move
from services.triage.tickets.timeline import Line
from shared.events.log import record


def reopen(connection: Connection, reference: str, hand: Hand, reason: str, ruleset: NumberedRuleset) -> None:
    """Put the ticket back into its team's queue. Raises what take_in_hand raises, Conflict unless it is resolved or waiting."""
    ticket = take_in_hand(connection, reference, hand)
    require_state(ticket, "resolved", "waiting")
    due = restarted(ruleset.compiled, ticket)
    line = Line("reopened", by=hand.principal.name, message=reason, facts={"from": ticket.state})
    move(connection, ticket, Move("open", "reopened", respond_by=due), line)
    record(connection, [state_changed(ticket, "open", {"respond_by": due.isoformat() if due else None})])
