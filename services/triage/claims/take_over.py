"""Claims one ticket that is open or, for a lead, claimed by another person."""

from uuid import uuid4

from sqlalchemy import Connection, text

from services.triage.claims.claim import Claimed, read_claims
from services.triage.claims.claim_next import require_bounds
from services.triage.tickets.lock import lock_ticket
from services.triage.tickets.timeline import Line, append
from shared.auth.principal import Principal
from shared.errors import Conflict, Forbidden

_END = text("""
    update triage.claims set ended_at = clock_timestamp(), ended_how = :how
    where ticket = :reference and ended_at is null
""")
_CLAIM = text("""
    with claimed as (
        update triage.tickets
        set state = 'claimed', state_since = clock_timestamp(), version = version + 1, claim = :claim, claimed_by = :name,
            lease_expires_at = clock_timestamp() + make_interval(secs => :lease), reserved_until = null
        where reference = :reference
        returning reference, team, version, lease_expires_at
    )
    insert into triage.claims (id, ticket, team, holder, holder_name, version, lease_expires_at)
    select :claim, reference, team, :holder, :name, version, lease_expires_at from claimed
""")


def take_over(connection: Connection, reference: str, principal: Principal, lease_seconds: int) -> Claimed:
    """Claim the ticket. Only a lead takes over one that another person has claimed; the timeline names that person.

    Raises NotFound, Forbidden, Conflict for a ticket that is neither open nor claimed, Unprocessable for the lease.
    """
    require_bounds(lease_seconds)
    ticket = lock_ticket(connection, reference)
    principal.require_write(ticket.team)
    if ticket.state not in ("open", "claimed"):
        raise Conflict(f"The ticket is {ticket.state}.")
    if ticket.claimed and not principal.may_take_over(ticket.team):
        raise Forbidden(f"{ticket.claimed_by} has claimed this ticket; a lead may take it over.")
    connection.execute(_END, {"reference": reference, "how": "taken_over" if ticket.claimed else "expired"})
    claim = uuid4()
    connection.execute(
        _CLAIM,
        {
            "claim": claim,
            "reference": reference,
            "name": principal.name,
            "holder": str(principal.id),
            "lease": lease_seconds,
        },
    )
    kind, facts = (
        ("taken_over", {"claim": str(claim), "from": ticket.claimed_by})
        if ticket.claimed
        else ("claimed", {"claim": str(claim)})
    )
    append(connection, reference, Line(kind, by=principal.name, by_id=principal.id, facts=facts))
    return read_claims(connection, [claim])[0]
