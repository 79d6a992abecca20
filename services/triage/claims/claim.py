"""A claim: one agent's lease on one ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.conversation.read_conversation import MOST_OF_A_CLAIM
from services.triage.tickets.read_ticket import tickets_as_they_are
from shared.auth.principal import Principal
from shared.errors import Conflict, Forbidden, NotFound

ENDED = "This claim has ended."

_CLAIMS = text("""
    select c.id as claim, c.version, c.lease_expires_at, c.ticket from triage.claims c where c.id = any(:ids)
""")

_FIND = text("select ticket from triage.claims where id = :id")

_LOCK = text("""
    select id, ticket, team, holder, holder_name,
           ended_at is null and lease_expires_at > clock_timestamp() as live
    from triage.claims where id = :id for update
""")

_LOCK_TICKET = text("select 1 from triage.tickets where reference = :ticket for update")


@dataclass(frozen=True)
class LockedClaim:
    """A live claim whose row, and whose ticket's row, are locked by this transaction."""

    id: UUID
    ticket: str
    team: str
    holder: str
    holder_name: str
    live: bool


@dataclass(frozen=True)
class Claimed:
    """A claim as the API returns it, with its ticket as read_ticket returns it."""

    claim: UUID
    version: int
    lease_expires_at: datetime
    ticket: dict[str, Any]


def read_claims(connection: Connection, ids: Sequence[UUID]) -> list[Claimed]:
    """The claims as they are now, in this order, each with its ticket and the newest messages of its conversation."""
    claims = {row.claim: row for row in connection.execute(_CLAIMS, {"ids": list(ids)})}
    tickets = tickets_as_they_are(connection, [row.ticket for row in claims.values()], MOST_OF_A_CLAIM)
    found = (claims[each] for each in ids)
    return [Claimed(row.claim, row.version, row.lease_expires_at, tickets[row.ticket]) for row in found]


def lock_own_claim(connection: Connection, claim: UUID, principal: Principal) -> LockedClaim:
    """Lock a live claim that `principal` may change: their own, or any in the team of a lead.

    Raises NotFound for an unknown claim, Forbidden for another person's, Conflict for one that has ended.
    """
    ticket = connection.execute(_FIND, {"id": claim}).scalar_one_or_none()
    if ticket is None:
        raise NotFound("There is no such claim.")
    # Locks the ticket's row first, as everywhere, to avoid deadlocks.
    connection.execute(_LOCK_TICKET, {"ticket": ticket})
    found = LockedClaim(**connection.execute(_LOCK, {"id": claim}).one()._mapping)
    principal.require_write(found.team)
    require_holder(found.holder, found.team, principal)
    if not found.live:
        raise Conflict(ENDED)
    return found


def require_holder(holder: str, team: str, principal: Principal) -> None:
    """Raise Forbidden unless the claim is the principal's own, or the principal may take over the team's claims."""
    if holder != str(principal.id) and not principal.may_take_over(team):
        raise Forbidden("Another person holds this claim.")
