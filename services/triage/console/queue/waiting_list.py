"""The open tickets of a team in the order in which they are claimed: one look into the index tickets_to_claim a page."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from services.triage.tickets.rows import COLUMNS
from shared.errors import Unprocessable
from shared.http.paging import Key, decode, encode

# Beyond these nobody is told of news: who works on the first page does not look there.
WATCHED = 200

_ORDER = "respond_by, priority_rank, created_at, sequence"
# Both name all four columns in their order, so that the index gives the rows sorted and the limit ends the look.
_WITH_DEADLINE = text(f"""
    select {COLUMNS}, t.priority_rank from triage.tickets t
    where t.team = :team and t.state = 'open' and t.respond_by is not null
      and (t.respond_by, t.priority_rank, t.created_at, t.sequence)
          > (cast(:due as timestamptz), :rank, cast(:created as timestamptz), :sequence)
    order by t.respond_by, t.priority_rank, t.created_at, t.sequence limit :limit
""")
# Tickets without a deadline come last, and nothing compares with a deadline that is not there.
_WITHOUT_DEADLINE = text(f"""
    select {COLUMNS}, t.priority_rank from triage.tickets t
    where t.team = :team and t.state = 'open' and t.respond_by is null
      and (t.priority_rank, t.created_at, t.sequence) > (:rank, cast(:created as timestamptz), :sequence)
    order by t.respond_by, t.priority_rank, t.created_at, t.sequence limit :limit
""")

_WATCH = text(f"""
    select reference from triage.tickets where team = :team and state = 'open' order by {_ORDER} limit :limit
""")

_FIRST: dict[str, object] = {"rank": -1, "created": "-infinity", "sequence": 0}

_MINE = text(f"""
    select {COLUMNS}, c.lease_expires_at from triage.claims c join triage.tickets t on t.reference = c.ticket
    where c.holder = :holder and c.ended_at is null and c.lease_expires_at > clock_timestamp() and t.team = any(:teams)
    order by c.lease_expires_at limit 20
""")


def read_waiting(
    connection: Connection, team: str, limit: int, cursor: str | None
) -> tuple[Sequence[Row[Any]], str | None]:
    """A page of what waits, most urgent first, and the cursor of the next. Raises Unprocessable for a cursor that is none."""
    place = _place(cursor)
    asked = {"team": team, "limit": limit + 1}
    behind = _behind(place)
    rows = list(connection.execute(_WITH_DEADLINE, asked | behind)) if behind else []
    if len(rows) <= limit:
        start = _FIRST if behind or place is None else {"rank": place[1], "created": place[2], "sequence": place[3]}
        rows += connection.execute(_WITHOUT_DEADLINE, asked | start | {"limit": limit + 1 - len(rows)})
    shown = rows[:limit]
    return shown, encode(_key(shown[-1])) if len(rows) > limit else None


def watch_waiting(connection: Connection, team: str) -> list[str]:
    """The first WATCHED references in their order. What of them is new, the page itself knows: no clock is asked, since a ticket that
    another transaction was writing while the page was read is older than the page that lacks it."""
    return list(connection.execute(_WATCH, {"team": team, "limit": WATCHED}).scalars())


def read_mine(connection: Connection, holder: str, teams: Sequence[str]) -> Sequence[Row[Any]]:
    """The tickets that this person holds, the lease that ends first above."""
    return connection.execute(_MINE, {"holder": holder, "teams": list(teams)}).all()


def _key(row: Row[Any]) -> Key:
    due = row.respond_by.isoformat() if row.respond_by else ""
    return due, row.priority_rank, row.created_at.isoformat(), row.sequence


def _behind(place: Key | None) -> dict[str, object] | None:
    """Behind which ticket with a deadline; None when the page begins among those without."""
    if place is None:
        return {**_FIRST, "due": "-infinity"}
    due, rank, created, sequence = place
    return {"due": due, "rank": rank, "created": created, "sequence": sequence} if due else None


def _place(cursor: str | None) -> Key | None:
    key = decode(cursor, (str, int, str, int))
    if key is None:
        return None
    due, _, created, _ = key
    for moment in filter(None, (due, created)):
        try:
            datetime.fromisoformat(str(moment)).astimezone(UTC)  # in a year that has one there, too
        except (ValueError, OverflowError) as error:
            raise Unprocessable({"cursor": ["Not a cursor of this list."]}) from error
    return key
