"""Releases all claims of a person."""

from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.claims.release_claim import release_claim
from shared.auth.principal import Principal

_HELD = text("""
    select id from triage.claims
    where holder = :holder and ended_at is null and lease_expires_at > clock_timestamp() order by ticket
""")


def release_all(connection: Connection, person: UUID, by: Principal) -> int:
    """End every live claim of `person`; the tickets are open again. Returns how many there were."""
    held = connection.execute(_HELD, {"holder": str(person)}).scalars().all()
    for claim in held:
        release_claim(connection, claim, by, "The holder's account was closed.")
    return len(held)
