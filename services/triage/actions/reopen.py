"""Reopens a resolved or waiting ticket."""

from sqlalchemy import Connection

from services.triage.actions.access import Actor, lock_for_action, require_state, state_changed
from services.triage.actions.action import Action, ActionBody, ActionCall, reason_field
from services.triage.routing.restart_deadline import restarted
from services.triage.rulesets.stored import NumberedRuleset
from services.triage.tickets.lock import Move, move
from shared.events.log import record

FROM_STATES = ("resolved", "waiting")


def reopen(connection: Connection, reference: str, actor: Actor, ruleset: NumberedRuleset, reason: str) -> None:
    """Put the ticket back into its team's queue. Raises what lock_for_action raises, Conflict unless it is resolved or waiting."""
    ticket = lock_for_action(connection, reference, actor)
    require_state(ticket, *FROM_STATES)
    due = restarted(ruleset.compiled, ticket)
    line = actor.line("reopened", reason, {"from": ticket.state})
    move(connection, ticket, Move("open", "reopened", respond_by=due), line)
    record(connection, [state_changed(ticket, "open", {"respond_by": due.isoformat() if due else None})])


class ReopeningBody(ActionBody):
    """Why the ticket is reopened."""

    reason = reason_field()


def _run(call: ActionCall) -> None:
    reopen(*call.target, call.rulesets.active(call.connection), **call.values)


ACTION = Action(
    name="reopen",
    path="reopening",
    title="Reopen",
    key="o",
    summary="Reopen a resolved or waiting ticket",
    body=ReopeningBody,
    run=_run,
    kind="reopened",
    words="reopened it",
    done="The ticket is open again.",
    offered_in=FROM_STATES,
)
