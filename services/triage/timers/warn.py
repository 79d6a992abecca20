"""Says on the timeline that an answer will soon be overdue."""

from sqlalchemy import Connection, text

STEP = 500

# A ticket with less time from the start than the warning's is not warned of: that would be all its life. A claim is no such start.
_WARN = text("""
    with due as (
        select reference from triage.tickets
        where state in ('open', 'claimed') and not breached and warned_at is null
          and respond_by > statement_timestamp() and respond_by <= statement_timestamp() + make_interval(secs => :seconds)
          and (state = 'claimed' or respond_by > state_since + make_interval(secs => :seconds))
        order by respond_by limit :step for update skip locked
    ), lines as (
        insert into triage.timeline (ticket, kind) select reference, 'breach_near' from due
    )
    update triage.tickets t set warned_at = clock_timestamp() from due where t.reference = due.reference
""")


def warn(connection: Connection, minutes: float) -> int:
    """Warn of up to STEP tickets whose answer is due within `minutes`; returns how many."""
    return connection.execute(_WARN, {"seconds": minutes * 60, "step": STEP}).rowcount
