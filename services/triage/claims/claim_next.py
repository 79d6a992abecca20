"""Claims a team's most urgent open tickets."""

from sqlalchemy import Connection, text

from services.triage.claims.claim import Claimed, claimed_from
from services.triage.tickets.rows import COLUMNS
from services.triage.tickets.teams import require_team
from services.triage.timers.expire_claims import expire_claims
from shared.auth.principal import Principal
from shared.errors import Unprocessable

MOST = 100
LONGEST_LEASE = 3600

# Skips tickets that another claimer has locked. The index tickets_to_claim has this order, so the cost does not depend on how many
# tickets wait.
_CLAIM = text(f"""
    with picked as (
        select reference from triage.tickets
        where team = :team and state = 'open'
        order by respond_by, priority_rank, created_at, sequence
        limit :limit for update skip locked
    ), t as (
        update triage.tickets ticket
        set state = 'claimed', state_since = clock_timestamp(), version = version + 1, claim = gen_random_uuid(),
            claimed_by = :name, lease_expires_at = clock_timestamp() + make_interval(secs => :lease)
        from picked where ticket.reference = picked.reference
        returning ticket.*
    ), claims as (
        insert into triage.claims (id, ticket, team, holder, holder_name, version, lease_expires_at)
        select claim, reference, team, :holder, :name, version, lease_expires_at from t
    ), lines as (
        insert into triage.timeline (ticket, kind, by, facts)
        select reference, 'claimed', :name, jsonb_build_object('claim', claim) from t
    )
    select t.claim, t.version as claim_version, t.lease_expires_at, {COLUMNS}
    from t order by t.respond_by, t.priority_rank, t.created_at, t.sequence
""")


def claim_next(
    connection: Connection, team: str, principal: Principal, limit: int, lease_seconds: int, teams: tuple[str, ...]
) -> list[Claimed]:
    """Claim up to `limit` (1-100) open tickets of `team` for `lease_seconds` (1-3600); an empty list when nothing waits.

    Raises NotFound for a team that is not in `teams`, Forbidden for another's, Unprocessable for values out of bounds.
    """
    require_team(team, teams)
    principal.require_write(team)
    require_bounds(lease_seconds, limit)
    # The timer alone would be late: it expires leases of teams where no agent claims.
    expire_claims(connection, team)
    rows = connection.execute(
        _CLAIM,
        {
            "team": team,
            "limit": limit,
            "lease": lease_seconds,
            "holder": str(principal.id),
            "name": principal.name,
        },
    )
    return [claimed_from(row) for row in rows]


def require_bounds(lease_seconds: int, limit: int = 1) -> None:
    """Raise Unprocessable for a lease or a number of tickets that is out of bounds."""
    errors = {}
    if not 1 <= limit <= MOST:
        errors["limit"] = [f"Must be 1 to {MOST}."]
    if not 1 <= lease_seconds <= LONGEST_LEASE:
        errors["lease_seconds"] = [f"Must be 1 to {LONGEST_LEASE}."]
    if errors:
        raise Unprocessable(errors)
