"""Extends a lease, counted from now."""

from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.claims.claim import Claimed, lock_own_claim, read_claims
from services.triage.claims.claim_next import require_bounds
from shared.auth.principal import Principal

_EXTEND = text("""
    with extended as (
        update triage.claims set lease_expires_at = clock_timestamp() + make_interval(secs => :lease)
        where id = :id returning ticket, lease_expires_at
    )
    update triage.tickets t set lease_expires_at = extended.lease_expires_at
    from extended where t.reference = extended.ticket
""")


def extend_claim(connection: Connection, claim: UUID, principal: Principal, lease_seconds: int) -> Claimed:
    """Let the claim end `lease_seconds` (1-3600) from now. The version stays, since the holder does.

    Raises NotFound, Forbidden, Conflict (it has ended), Unprocessable.
    """
    require_bounds(lease_seconds)
    lock_own_claim(connection, claim, principal)
    connection.execute(_EXTEND, {"id": claim, "lease": lease_seconds})
    return read_claims(connection, [claim])[0]
