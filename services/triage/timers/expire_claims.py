"""Ends claims whose lease has ended: their tickets go back to the queue."""

from sqlalchemy import Connection, text

STEP = 200

# statement_timestamp() where an index is used: clock_timestamp() may change during a scan, so that no index can be used.
# Locks the ticket's row before the claim's, as all use cases do. Skips rows that are locked; the next call finds them.
_EXPIRE = text("""
    with due as (
        select t.reference, t.claim, t.claimed_by from triage.tickets t
        where t.reference in (
            select ticket from triage.claims
            where ended_at is null and lease_expires_at <= statement_timestamp()
              and (cast(:team as text) is null or team = :team)
            order by lease_expires_at limit :step)
          and t.state = 'claimed' and t.lease_expires_at <= clock_timestamp()
        for update of t skip locked
    ), ended as (
        update triage.claims c set ended_at = clock_timestamp(), ended_how = 'expired'
        from due where c.ticket = due.reference and c.ended_at is null
    ), lines as (
        insert into triage.timeline (ticket, kind, by, facts)
        select reference, 'lease_expired', claimed_by, jsonb_build_object('claim', claim) from due
    )
    update triage.tickets t
    set state = 'open', state_since = clock_timestamp(), version = version + 1,
        claim = null, claimed_by = null, lease_expires_at = null
    from due where t.reference = due.reference
""")


def expire_claims(connection: Connection, team: str | None = None) -> int:
    """Open up to STEP tickets (of one team, if given) whose lease has ended. Returns how many."""
    return connection.execute(_EXPIRE, {"team": team, "step": STEP}).rowcount
