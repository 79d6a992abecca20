"""Puts everything that a person holds back into the queues."""

from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.claims.release_claim import give_back
from shared.auth.principal import Principal

_HELD = text("""
    select id from triage.claims
    where holder = :holder and ended_at is null and lease_expires_at > clock_timestamp() order by ticket
""")


def give_all_back(connection: Connection, person: UUID, by: Principal) -> int:
    """End every live claim of `person`; the tickets are open again at once. Returns how many there were."""
    held = connection.execute(_HELD, {"holder": str(person)}).scalars().all()
    for claim in held:
        give_back(connection, claim, by, "The holder's account was closed.")
    return len(held)
