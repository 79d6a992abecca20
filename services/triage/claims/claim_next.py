"""Claims a team's most urgent open tickets."""

from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, text

from services.triage.claims.claim import Claimed, read_claims
from services.triage.lists.claim_order import CLAIM_ORDER, FOR_EVERYBODY, KEY, RESERVED
from services.triage.owners.reservations import end_reservations
from services.triage.tickets.teams import require_team
from services.triage.timers.expire_claims import expire_claims
from shared.auth.principal import Principal
from shared.errors import Unprocessable

MOST = 100
_NEVER = datetime.max.replace(tzinfo=UTC)
LONGEST_LEASE = 3600

# Skips tickets that another claimer has locked. Each index has this order, so the cost depends neither on how many tickets wait nor on
# how many of them are reserved for others. _BETTER: only tickets that come before the last of the claimer's own.
_LOCK = f"""
    select {KEY} from triage.tickets t where t.team = :team and {{which}} order by {CLAIM_ORDER} limit :limit for update skip locked
"""
_RESERVED_FOR = text(_LOCK.format(which=f"t.owner = :holder and {RESERVED}"))
_FREE = text(_LOCK.format(which=FOR_EVERYBODY))
_BETTER = text(
    _LOCK.format(
        which=f"""{FOR_EVERYBODY} and ({CLAIM_ORDER})
              < (:rank, cast(:due as timestamptz), cast(:created as timestamptz), :sequence)"""
    )
)

_CLAIM = text("""
    with picked as (
        select * from unnest(cast(:references as text[])) with ordinality as picked (reference, position)
    ), t as (
        update triage.tickets ticket
        set state = 'claimed', state_since = clock_timestamp(), version = version + 1, claim = gen_random_uuid(),
            claimed_by = :name, lease_expires_at = clock_timestamp() + make_interval(secs => :lease), reserved_until = null
        from picked where ticket.reference = picked.reference
        returning ticket.reference, ticket.claim, ticket.team, ticket.version, ticket.lease_expires_at, picked.position
    ), claims as (
        insert into triage.claims (id, ticket, team, holder, holder_name, version, lease_expires_at)
        select claim, reference, team, :holder, :name, version, lease_expires_at from t
    ), lines as (
        insert into triage.timeline (ticket, kind, by, by_id, facts)
        select reference, 'claimed', :name, cast(:holder as uuid), jsonb_build_object('claim', claim) from t
    )
    select claim from t order by position
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
    # The timers alone would be late: they end leases and reservations of teams where no agent claims.
    expire_claims(connection, team)
    end_reservations(connection, team)
    references = _most_urgent(connection, {"team": team, "limit": limit, "holder": str(principal.id)})
    values = {"references": references, "lease": lease_seconds, "holder": str(principal.id), "name": principal.name}
    return read_claims(connection, list(connection.execute(_CLAIM, values).scalars()))


def _most_urgent(connection: Connection, values: dict[str, object]) -> list[str]:
    """The first tickets, locked, of those that are reserved for the claimer and those that are reserved for nobody."""
    own = connection.execute(_RESERVED_FOR, values).all()
    if len(own) == values["limit"]:
        last = own[-1]
        due = last.respond_by.isoformat() if last.respond_by else "infinity"
        bound = {"rank": last.priority_rank, "due": due, "created": last.created_at.isoformat()}
        free = connection.execute(_BETTER, values | bound | {"sequence": last.sequence}).all()
    else:
        free = connection.execute(_FREE, values).all()
    both = sorted([*own, *free], key=_urgency)
    return [row.reference for row in both[: cast(int, values["limit"])]]


def _urgency(row: Row[Any]) -> tuple[Any, ...]:
    return row.priority_rank, row.respond_by or _NEVER, row.created_at, row.sequence


def require_bounds(lease_seconds: int, limit: int = 1) -> None:
    """Raise Unprocessable for a lease or a number of tickets that is out of bounds."""
    errors = {}
    if not 1 <= limit <= MOST:
        errors["limit"] = [f"Must be 1 to {MOST}."]
    if not 1 <= lease_seconds <= LONGEST_LEASE:
        errors["lease_seconds"] = [f"Must be 1 to {LONGEST_LEASE}."]
    if errors:
        raise Unprocessable(errors)
