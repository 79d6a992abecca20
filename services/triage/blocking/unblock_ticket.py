"""Releases the ticket of a blocked sender into its team's queue."""

from sqlalchemy import Connection, text

from services.triage.actions.access import Actor, lock_for_action, require_state
from services.triage.actions.action import Action, ActionBody, ActionCall
from services.triage.routing.restart_deadline import restarted
from services.triage.rulesets.stored import NumberedRuleset
from services.triage.tickets.lock import LockedTicket, Move, move
from services.triage.tickets.timeline import Line
from shared.events.contracts import Event, ticket_unblocked
from shared.events.log import record

_UNSURE = text("select facts ->> 'unsure' from triage.timeline where ticket = :reference and kind = 'routed' limit 1")


def unblock_ticket(connection: Connection, reference: str, actor: Actor, ruleset: NumberedRuleset) -> None:
    """Open the ticket: its time to answer begins, and the requester gets the acknowledgement. The sender stays blocked.

    Raises what lock_for_action raises, Conflict unless it is blocked.
    """
    ticket = lock_for_action(connection, reference, actor)
    require_state(ticket, "blocked")
    event = release_blocked(connection, ruleset, ticket, actor.line("unblocked"))
    record(connection, [event])


def release_blocked(connection: Connection, ruleset: NumberedRuleset, ticket: LockedTicket, *lines: Line) -> Event:
    """Open the locked ticket with these lines; returns the event to record."""
    due = restarted(ruleset.compiled, ticket)
    move(connection, ticket, Move("open", "unblocked", respond_by=due), *lines)
    payload = {
        "team": ticket.team,
        "state": "open",
        "respond_by": due.isoformat() if due else None,
        "category": ticket.category,
        "locale": ticket.locale,
        "key_number": ticket.key_number,
        "missing_evidence": list(ticket.missing_evidence),
        "cannot_provide": list(ticket.details.get("cannot_provide") or ()),
        "unsure": connection.execute(_UNSURE, {"reference": ticket.reference}).scalar_one_or_none(),
    }
    return ticket_unblocked(ticket.reference, ticket.correlation_id, payload, {"email": ticket.email})


class UnblockingBody(ActionBody):
    """Nothing more."""


def _run(call: ActionCall) -> None:
    unblock_ticket(*call.target, call.rulesets.active(call.connection))


ACTION = Action(
    name="unblock",
    path="unblocking",
    title="Release",
    key="q",
    summary="Release the ticket of a blocked sender into the queue",
    body=UnblockingBody,
    run=_run,
    kind="unblocked",
    words="released it into the queue",
    done="The ticket is in the queue.",
    offered_in=("blocked",),
)
