"""Releases all claims of a person."""

from contextlib import suppress
from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.claims.release_claim import release_claim
from shared.auth.principal import Principal
from shared.errors import Conflict

_HELD = text("""
    select id from triage.claims
    where holder = :holder and ended_at is null and lease_expires_at > clock_timestamp() order by ticket
""")


def release_all(connection: Connection, person: UUID, by: Principal) -> int:
    """End every live claim of `person`; the tickets are open again. Returns how many there were."""
    released = 0
    for claim in connection.execute(_HELD, {"holder": str(person)}).scalars().all():
        with suppress(Conflict):  # its holder ended it meanwhile
            release_claim(connection, claim, by, "The holder's account was closed.")
            released += 1
    return released
