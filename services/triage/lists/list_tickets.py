"""Lists tickets, newest first, with keyset pagination."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from services.triage.lists.filters import NOBODY, Wanted
from services.triage.tickets.rows import COLUMNS

# One short index scan for each team and state; the newest of all of them are the page.
_KEYS = """
    select found.reference, found.sequence from unnest(cast(:teams as text[])) as wanted_team,
         unnest(cast(:{states} as text[])) as wanted_state
    cross join lateral (
        select t.reference, t.sequence from triage.tickets t
        where t.team = wanted_team and t.state = wanted_state {more} and t.sequence < :before
        order by t.sequence desc limit :{limit}) found
    order by found.sequence desc limit :{limit}
"""
# A person owns few tickets, in whatever states.
_KEYS_OF_OWNER = """
    select t.reference, t.sequence from triage.tickets t
    where t.team = any(:teams) and t.state = any(:{states}) {more} and t.sequence < :before order by t.sequence desc limit :{limit}
"""


def newest_keys(wanted: Wanted, states: str = "states", limit: str = "limit") -> str:
    """SQL that selects reference and sequence of the newest tickets that are wanted; `states`, `limit`: names of its parameters."""
    of_owner = wanted.owner not in (None, NOBODY)
    return (_KEYS_OF_OWNER if of_owner else _KEYS).format(more=wanted.more, states=states, limit=limit)


def list_tickets(connection: Connection, wanted: Wanted) -> Sequence[Row[Any]]:
    """Up to `limit` + 1 rows: the last one tells the caller that there is another page."""
    statement = f"""
        with keys as ({newest_keys(wanted)})
        select {COLUMNS} from triage.tickets t join keys using (reference) order by t.sequence desc
    """
    return connection.execute(text(statement), wanted.parameters).all()
