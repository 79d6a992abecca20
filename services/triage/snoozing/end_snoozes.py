"""Opens snoozed tickets: when their time comes, or when an agent wants it."""

from sqlalchemy import Connection, text

from services.triage.actions.access import Actor, lock_for_action, require_state
from services.triage.conversation.entries import SNOOZE_ENDED
from services.triage.routing.restart_deadline import kept_or_restarted
from services.triage.rulesets.stored import NumberedRuleset, StoredRulesets
from services.triage.tickets.lock import LockedTicket, Move, lock_tickets, move
from services.triage.tickets.timeline import Line
from shared.events.contracts import Event, ticket_state_changed
from shared.events.log import record

STEP = 100

_DUE = text("""
    select reference from triage.tickets where state = 'snoozed' and snoozed_until <= statement_timestamp()
    order by snoozed_until limit :step
""")


def end_snoozes(connection: Connection, rulesets: StoredRulesets) -> int:
    """Open up to STEP tickets whose time has come; returns how many were due."""
    due = connection.execute(_DUE, {"step": STEP}).scalars().all()
    if not due:
        return 0
    ruleset = rulesets.active(connection)
    tickets = lock_tickets(connection, due).values()
    record(connection, [_open(connection, ruleset, one, Line(SNOOZE_ENDED)) for one in tickets if _is_due(one)])
    return len(due)


def end_snooze(connection: Connection, reference: str, actor: Actor, ruleset: NumberedRuleset) -> None:
    """Open the ticket now. Raises what lock_for_action raises, Conflict unless it is snoozed."""
    ticket = lock_for_action(connection, reference, actor)
    require_state(ticket, "snoozed")
    record(connection, [_open(connection, ruleset, ticket, actor.line("unsnoozed"))])


def _is_due(ticket: LockedTicket) -> bool:
    """Whether its time has come; it may have been opened, or snoozed again, before it was locked."""
    return ticket.state == "snoozed" and ticket.snoozed_until is not None and ticket.snoozed_until <= ticket.now


def _open(connection: Connection, ruleset: NumberedRuleset, ticket: LockedTicket, line: Line) -> Event:
    due = kept_or_restarted(ruleset.compiled, ticket)
    move(connection, ticket, Move("open", line.kind, respond_by=due), line)
    # Tells the requester's page of one that had waited; it changes nothing for the others.
    payload = {"state": "open", "team": ticket.team, "respond_by": due.isoformat() if due else None}
    return ticket_state_changed(ticket.reference, ticket.correlation_id, payload)
