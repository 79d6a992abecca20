"""Claims one open ticket; reads the live claim of a ticket."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.claims.take_over import take_over
from services.triage.tickets.lock import lock_ticket
from shared.auth.principal import Principal
from shared.errors import Conflict

_LIVE = text("""
    select id, version, holder, holder_name, lease_expires_at from triage.claims
    where ticket = :reference and ended_at is null and lease_expires_at > clock_timestamp()
""")


@dataclass(frozen=True)
class LiveClaim:
    """A claim that has not ended."""

    id: UUID
    version: int
    holder: str
    holder_name: str
    lease_expires_at: datetime


def live_claim(connection: Connection, reference: str) -> LiveClaim | None:
    """The ticket's live claim, if there is one."""
    row = connection.execute(_LIVE, {"reference": reference}).one_or_none()
    return None if row is None else LiveClaim(**row._mapping)


def claim_ticket(connection: Connection, reference: str, principal: Principal, lease_seconds: int) -> None:
    """Claim the ticket unless it is claimed. Unlike take_over, a lead does not take it over either.

    Raises NotFound, Forbidden, Conflict with the name of its holder.
    """
    ticket = lock_ticket(connection, reference)
    principal.require_write(ticket.team)
    if ticket.claimed:
        raise Conflict(f"{ticket.claimed_by} was quicker and has this ticket.")
    take_over(connection, reference, principal, lease_seconds)
