"""Claims the very ticket that an agent looks at. (The next one is taken by team_queue/claim_next.py.)"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.console.listed import STATE_WORDS
from services.triage.team_queue.claim_next import require_bounds
from services.triage.tickets.read_ticket import team_of
from services.triage.timers.expire_leases import expire_leases
from shared.auth.principal import Principal
from shared.errors import Conflict

_CLAIM = text("""
    with picked as (
        select reference from triage.tickets where reference = :reference and state = 'open' for update
    ), t as (
        update triage.tickets ticket
        set state = 'claimed', state_since = clock_timestamp(), version = version + 1, claim = gen_random_uuid(),
            claimed_by = :name, lease_expires_at = clock_timestamp() + make_interval(secs => :lease)
        from picked where ticket.reference = picked.reference
        returning ticket.*
    ), lines as (
        insert into triage.timeline (ticket, kind, by, facts)
        select reference, 'claimed', :name, jsonb_build_object('claim', claim) from t
    )
    insert into triage.claims (id, ticket, team, holder, holder_name, version, lease_expires_at)
    select claim, reference, team, :holder, :name, version, lease_expires_at from t
""")
_STATE = text("select state, claimed_by from triage.tickets where reference = :reference")
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
    """Claim the ticket if it is open. Raises NotFound, Forbidden, and Conflict saying who or what was quicker."""
    require_bounds(lease_seconds)
    team = team_of(connection, reference, principal)
    principal.require_write(team)
    expire_leases(connection, team)
    asked = {"reference": reference, "lease": lease_seconds, "holder": str(principal.id), "name": principal.name}
    if connection.execute(_CLAIM, asked).rowcount == 1:
        return
    state, claimed_by = connection.execute(_STATE, {"reference": reference}).one()
    if state == "claimed":
        raise Conflict(f"{claimed_by} was quicker and has this ticket.")
    raise Conflict(f"This ticket cannot be claimed: {STATE_WORDS[state]}.")
