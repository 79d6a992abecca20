"""Lists tickets, newest first, with keyset pagination."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from services.triage.tickets.rows import COLUMNS

STATES = ("held", "open", "claimed", "waiting", "resolved", "withdrawn")

# One short index scan for each team and state; the newest of all of them are the page.
_LIST = """
    with keys as (
        select found.reference, found.sequence from unnest(cast(:teams as text[])) as wanted_team,
             unnest(cast(:states as text[])) as wanted_state
        cross join lateral (
            select reference, sequence from triage.tickets
            where team = wanted_team and state = wanted_state {category} and sequence < :before
            order by sequence desc limit :limit) found
        order by found.sequence desc limit :limit
    )
    select {columns} from triage.tickets t join keys using (reference) order by t.sequence desc
"""
_ALL = text(_LIST.format(category="", columns=COLUMNS))
_IN_CATEGORY = text(_LIST.format(category="and category = :category", columns=COLUMNS))

NEWEST = 2**63 - 1


@dataclass(frozen=True)
class Wanted:
    """The filter of a list. `before`: only tickets whose sequence is lower."""

    teams: Sequence[str]
    states: Sequence[str] = STATES
    category: str | None = None
    before: int = NEWEST
    limit: int = 50


def list_tickets(connection: Connection, wanted: Wanted) -> Sequence[Row[Any]]:
    """Up to `limit` + 1 rows: the last one tells the caller that there is another page."""
    statement = _IN_CATEGORY if wanted.category else _ALL
    parameters = {
        "teams": list(wanted.teams),
        "states": list(wanted.states),
        "before": wanted.before,
        "limit": wanted.limit + 1,
    }
    if wanted.category:
        parameters["category"] = wanted.category
    return connection.execute(statement, parameters).all()
