"""Opens tickets whose evidence did not arrive in time."""

from sqlalchemy import Connection, text

from services.triage.routing.restart_deadline import restarted
from services.triage.rulesets.stored import NumberedRuleset
from services.triage.tickets.lock import Move, lock_tickets, move
from services.triage.tickets.timeline import Line
from shared.events.contracts import ticket_state_changed
from shared.events.log import record

EVIDENCE_OVERDUE = "evidence-overdue"
STEP = 100

_DUE = text("""
    select reference from triage.tickets
    where state in ('held', 'waiting') and missing_evidence <> '{}'
      and state_since <= statement_timestamp() - make_interval(secs => :seconds)
    order by state_since limit :step
""")


def open_overdue(connection: Connection, ruleset: NumberedRuleset, days: float) -> int:
    """Open up to STEP tickets that have waited for evidence for `days`, tagged; returns how many."""
    due = connection.execute(_DUE, {"seconds": days * 86_400, "step": STEP}).scalars().all()
    recorded = []
    for ticket in lock_tickets(connection, due).values():
        if ticket.state not in ("held", "waiting") or not ticket.missing_evidence:
            continue
        tags = list(dict.fromkeys([*ticket.tags, EVIDENCE_OVERDUE]))
        by = restarted(ruleset.compiled, ticket)
        to = Move("open", EVIDENCE_OVERDUE, tags=tags, respond_by=by)
        move(connection, ticket, to, Line("evidence_overdue", facts={"missing": list(ticket.missing_evidence)}))
        told = {"state": "open", "team": ticket.team, "respond_by": by.isoformat() if by else None}
        recorded.append(ticket_state_changed(ticket.reference, ticket.correlation_id, told))
    record(connection, recorded)
    return len(recorded)
