"""Counts tickets as overdue once their time has passed."""

from sqlalchemy import Connection, text

STEP = 500

_MARK = text("""
    with due as (
        select reference from triage.tickets
        where state in ('open', 'claimed') and not breached and respond_by <= statement_timestamp()
        order by respond_by limit :step for update skip locked
    ), lines as (
        insert into triage.timeline (ticket, kind) select reference, 'breached' from due
    )
    update triage.tickets t set breached = true from due where t.reference = due.reference
""")


def mark_breaches(connection: Connection) -> int:
    """Mark up to STEP tickets; returns how many."""
    return connection.execute(_MARK, {"step": STEP}).rowcount
