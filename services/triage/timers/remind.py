"""Reminds requesters of missing evidence, once in each held or waiting state."""

from sqlalchemy import Connection, text

from services.triage.tickets.timeline import Line, append
from shared.events.contracts import Event, evidence_requested
from shared.events.log import record

STEP = 100

_REMIND = text("""
    with due as (
        select reference from triage.tickets
        where state in ('held', 'waiting') and reminded_at is null and missing_evidence <> '{}'
          and state_since <= statement_timestamp() - make_interval(secs => :seconds)
        order by state_since limit :step for update skip locked
    )
    update triage.tickets t set reminded_at = clock_timestamp()
    from due where t.reference = due.reference
    returning t.reference, t.team, t.state, t.category, t.locale, t.key_number, t.correlation_id, t.missing_evidence, t.email,
              t.name, t.subject
""")


def remind(connection: Connection, days: float) -> int:
    """Remind of up to STEP tickets that have waited for `days`; returns how many."""
    recorded: list[Event] = []
    for row in connection.execute(_REMIND, {"seconds": days * 86_400, "step": STEP}):
        payload = {
            "team": row.team,
            "state": row.state,
            "category": row.category,
            "locale": row.locale,
            "key_number": row.key_number,
            "by": None,
            "evidence": list(row.missing_evidence),
            "reminder": True,
        }
        personal = {"email": row.email, "name": row.name, "subject": row.subject, "message": None}
        recorded.append(evidence_requested(row.reference, row.correlation_id, payload, personal))
        append(connection, row.reference, Line("reminded", facts={"evidence": list(row.missing_evidence)}))
    record(connection, recorded)
    return len(recorded)
