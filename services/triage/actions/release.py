"""Opens a held ticket without its evidence."""

from sqlalchemy import Connection

from services.triage.actions.access import Actor, lock_for_action, require_state, state_changed
from services.triage.actions.action import Action, ActionBody, ActionCall, reason_field
from services.triage.routing.restart_deadline import restarted
from services.triage.rulesets.stored import NumberedRuleset
from services.triage.tickets.lock import Move, move
from shared.events.log import record

EVIDENCE_WAIVED = "evidence-waived"


def release(connection: Connection, reference: str, actor: Actor, ruleset: NumberedRuleset, reason: str) -> None:
    """Put the ticket into its team's queue, tagged. Raises what lock_for_action raises, Conflict unless it is held."""
    ticket = lock_for_action(connection, reference, actor)
    require_state(ticket, "held")
    due = restarted(ruleset.compiled, ticket)
    tags = list(dict.fromkeys([*ticket.tags, EVIDENCE_WAIVED]))
    line = actor.line("released", reason, {"missing": list(ticket.missing_evidence)})
    move(connection, ticket, Move("open", "released", tags=tags, respond_by=due), line)
    record(connection, [state_changed(ticket, "open", {"respond_by": due.isoformat() if due else None})])


class ReleaseBody(ActionBody):
    """Why it need not wait."""

    reason = reason_field()


def _run(call: ActionCall) -> None:
    release(*call.target, call.rulesets.active(call.connection), **call.values)


ACTION = Action(
    name="release",
    path="release",
    title="Open without evidence",
    key="w",
    summary="Open a held ticket without its evidence",
    body=ReleaseBody,
    run=_run,
    kind="released",
    words="opened it without its evidence",
    done="The ticket is open.",
    offered_in=("held",),
)
