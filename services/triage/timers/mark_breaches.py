"""Marks overdue tickets as breached and raises their priority."""

from sqlalchemy import Connection, text

STEP = 500

# Once for each deadline: a new deadline clears the mark.
_MARK = text("""
    with due as (
        select reference, priority,
               case priority when 'low' then 'normal' when 'normal' then 'high' else 'urgent' end as raised
        from triage.tickets
        where state in ('open', 'claimed', 'snoozed') and not breached and respond_by <= statement_timestamp()
        order by respond_by limit :step for update skip locked
    ), lines as (
        insert into triage.timeline (ticket, kind, facts)
        select reference, 'breached', jsonb_build_object('from', priority, 'to', raised) from due
    )
    update triage.tickets t set breached = true, priority = due.raised from due where t.reference = due.reference
""")


def mark_breaches(connection: Connection) -> int:
    """Mark up to STEP tickets; returns how many."""
    return connection.execute(_MARK, {"step": STEP}).rowcount
