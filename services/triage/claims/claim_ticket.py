"""Claims the very ticket that an agent looks at, and tells who has it. (The next one is taken by team_queue/claim_next.py.)"""

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
    """Who has the ticket now, until when."""

    id: UUID
    version: int
    holder: str
    holder_name: str
    lease_expires_at: datetime


def live_claim(connection: Connection, reference: str) -> LiveClaim | None:
    """The ticket's live claim, if there is one."""
    row = connection.execute(_LIVE, {"reference": reference}).one_or_none()
    return None if row is None else LiveClaim(**row._mapping)


def claim_this(connection: Connection, reference: str, principal: Principal, lease_seconds: int) -> None:
    """Claim the ticket if nobody has it; a lead who was too late does not take it over unawares.

    Raises NotFound, Forbidden, and Conflict saying who was quicker.
    """
    ticket = lock_ticket(connection, reference)
    principal.require_write(ticket.team)
    if ticket.claimed:
        raise Conflict(f"{ticket.claimed_by} was quicker and has this ticket.")
    take_over(connection, reference, principal, lease_seconds)
