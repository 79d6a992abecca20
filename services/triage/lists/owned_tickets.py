"""A person's own tickets: what they own and is not finished."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.triage.conversation.entries import BY_REQUESTER, NEWEST_TURN, OPENED_BY_REQUESTER, SNOOZE_ENDED
from services.triage.lists.sorted_tickets import ORDERS
from services.triage.tickets.rows import COLUMNS

MOST_OWNED = 200

# Other conditions would let the planner read all that the person ever answered.
_UNFINISHED = """
    with unfinished as materialized (
        select * from triage.tickets where owner = :person and state not in ('resolved', 'withdrawn')
    )
"""
# The requester wrote the newest message, or opened the ticket after it, or a snooze ended.
_IS_OUR_TURN = f"{NEWEST_TURN} = any(:our_turn)"

_OWNED = text(f"""
    {_UNFINISHED} select {COLUMNS} from unfinished t where t.team = any(:teams)
    order by {_IS_OUR_TURN} desc nulls last, {ORDERS["queue"]} limit :limit
""")
_COUNT = text(f"""
    {_UNFINISHED} select count(*) from unfinished t
    where t.team = any(:teams) and t.state in ('open', 'claimed') and {_IS_OUR_TURN}
""")

# The newest entry of each says all that a row may show anew.
_MARK = text(f"""
    {_UNFINISHED} select coalesce(md5(string_agg(reference || newest, ' ' order by reference)), '') from (
        select reference, (select max(l.id) from triage.timeline l where l.ticket = t.reference) as newest
        from unfinished t where t.team = any(:teams) order by reference limit :limit) marked
""")


def owned_tickets(connection: Connection, person: UUID, teams: Sequence[str]) -> Sequence[Row[object]]:
    """The unfinished tickets that the person owns in `teams`, up to MOST_OWNED and one more: first those whose requester wrote last
    or whose snooze ended, each part in the order of the queue."""
    return connection.execute(_OWNED, _values(person, teams) | {"limit": MOST_OWNED + 1}).all()


def count_answered(connection: Connection, person: UUID, teams: Sequence[str]) -> int:
    """How many of them are open or claimed, and wait for our answer to what the requester wrote last, or since their
    snooze ended."""
    count: int = connection.execute(_COUNT, _values(person, teams)).scalar_one()
    return count


def owned_mark(connection: Connection, person: UUID, teams: Sequence[str]) -> str:
    """Differs when something happened to one of them, or when there are others."""
    mark: str = connection.execute(_MARK, _values(person, teams) | {"limit": MOST_OWNED + 1}).scalar_one()
    return mark


def _values(person: UUID, teams: Sequence[str]) -> dict[str, object]:
    return {"person": person, "teams": list(teams), "our_turn": [*BY_REQUESTER, *OPENED_BY_REQUESTER, SNOOZE_ENDED]}
