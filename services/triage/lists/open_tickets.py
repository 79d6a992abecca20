"""What the page of a team's queue shows beside its list: the first references, and a person's own claims."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from services.triage.lists.claim_order import CLAIM_ORDER, FOR_EVERYBODY, KEY, RESERVED
from services.triage.tickets.rows import COLUMNS

# The queue page shows 50; news about tickets further down would not change it.
MOST_REFERENCES = 200

_HEAD = f"select {KEY} from triage.tickets t where t.team = :team and {{which}} order by {CLAIM_ORDER} limit :limit"
_REFERENCES = text(f"""
    select reference from (
        ({_HEAD.format(which=FOR_EVERYBODY)}) union all ({_HEAD.format(which=RESERVED)})
    ) t order by {CLAIM_ORDER} limit :limit
""")

_CLAIMED_BY = text(f"""
    select {COLUMNS}, c.lease_expires_at from triage.claims c join triage.tickets t on t.reference = c.ticket
    where c.holder = :holder and c.ended_at is null and c.lease_expires_at > clock_timestamp() and t.team = any(:teams)
    order by c.lease_expires_at limit 20
""")


def open_references(connection: Connection, team: str) -> list[str]:
    """The references of the first MOST_REFERENCES open tickets, most urgent first.

    The page finds out itself which are new to it. Times could not tell: a ticket that was committed after the page was read may
    have been created before.
    """
    return list(connection.execute(_REFERENCES, {"team": team, "limit": MOST_REFERENCES}).scalars())


def list_claimed_by(connection: Connection, holder: str, teams: Sequence[str]) -> Sequence[Row[Any]]:
    """The tickets that `holder` (a person's id) has claimed; the claim that expires first comes first."""
    return connection.execute(_CLAIMED_BY, {"holder": holder, "teams": list(teams)}).all()
