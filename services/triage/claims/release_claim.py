"""Releases a claim: the ticket goes back to the queue."""

from uuid import UUID

from sqlalchemy import Connection

from services.triage.claims.claim import lock_own_claim
from services.triage.tickets.lock import Move, lock_ticket, move
from services.triage.tickets.timeline import Line
from shared.auth.principal import Principal


def release_claim(connection: Connection, claim: UUID, principal: Principal, reason: str | None = None) -> None:
    """End the claim; the ticket is open again, with its deadline unchanged. `reason`: for the timeline.

    Raises NotFound, Forbidden, Conflict (it has ended).
    """
    held = lock_own_claim(connection, claim, principal)
    ticket = lock_ticket(connection, held.ticket)
    line = Line("given_back", by=principal.name, by_id=principal.id, message=reason, facts={"claim": str(claim)})
    move(connection, ticket, Move("open", "given_back", respond_by=ticket.respond_by), line)
