"""The open tickets of a team in the order in which they are claimed, a page by one scan of the index tickets_to_claim."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from services.triage.tickets.rows import COLUMNS
from shared.errors import Unprocessable
from shared.http.paging import Key, decode, encode

# The queue page shows 50; news about tickets further down would not change it.
MOST_REFERENCES = 200

_ORDER = "respond_by, priority_rank, created_at, sequence"
# Both order by all four columns of the index, so that PostgreSQL reads sorted rows and stops at the limit.
_WITH_DEADLINE = text(f"""
    select {COLUMNS}, t.priority_rank from triage.tickets t
    where t.team = :team and t.state = 'open' and t.respond_by is not null
      and (t.respond_by, t.priority_rank, t.created_at, t.sequence)
          > (cast(:due as timestamptz), :rank, cast(:created as timestamptz), :sequence)
    order by t.respond_by, t.priority_rank, t.created_at, t.sequence limit :limit
""")
# Tickets without a deadline come last; a row comparison with a null deadline would find none.
_WITHOUT_DEADLINE = text(f"""
    select {COLUMNS}, t.priority_rank from triage.tickets t
    where t.team = :team and t.state = 'open' and t.respond_by is null
      and (t.priority_rank, t.created_at, t.sequence) > (:rank, cast(:created as timestamptz), :sequence)
    order by t.respond_by, t.priority_rank, t.created_at, t.sequence limit :limit
""")

_REFERENCES = text(f"""
    select reference from triage.tickets where team = :team and state = 'open' order by {_ORDER} limit :limit
""")

_FIRST: dict[str, object] = {"rank": -1, "created": "-infinity", "sequence": 0}

_CLAIMED_BY = text(f"""
    select {COLUMNS}, c.lease_expires_at from triage.claims c join triage.tickets t on t.reference = c.ticket
    where c.holder = :holder and c.ended_at is null and c.lease_expires_at > clock_timestamp() and t.team = any(:teams)
    order by c.lease_expires_at limit 20
""")


def list_open_tickets(
    connection: Connection, team: str, limit: int, cursor: str | None
) -> tuple[Sequence[Row[Any]], str | None]:
    """A page of open tickets, most urgent first, and the next page's cursor. Raises Unprocessable for a malformed cursor."""
    key = _key_of_cursor(cursor)
    parameters = {"team": team, "limit": limit + 1}
    start = _start_with_deadline(key)
    rows = list(connection.execute(_WITH_DEADLINE, parameters | start)) if start else []
    if len(rows) <= limit:
        rest = _FIRST if start or key is None else {"rank": key[1], "created": key[2], "sequence": key[3]}
        rows += connection.execute(_WITHOUT_DEADLINE, parameters | rest | {"limit": limit + 1 - len(rows)})
    shown = rows[:limit]
    return shown, encode(_key_of_row(shown[-1])) if len(rows) > limit else None


def open_references(connection: Connection, team: str) -> list[str]:
    """The references of the first MOST_REFERENCES open tickets, most urgent first.

    The page finds out itself which are new to it. Times could not tell: a ticket that was committed after the page was read may
    have been created before.
    """
    return list(connection.execute(_REFERENCES, {"team": team, "limit": MOST_REFERENCES}).scalars())


def list_claimed_by(connection: Connection, holder: str, teams: Sequence[str]) -> Sequence[Row[Any]]:
    """The tickets that `holder` (a person's id) has claimed; the claim that expires first comes first."""
    return connection.execute(_CLAIMED_BY, {"holder": holder, "teams": list(teams)}).all()


def _key_of_row(row: Row[Any]) -> Key:
    due = row.respond_by.isoformat() if row.respond_by else ""
    return due, row.priority_rank, row.created_at.isoformat(), row.sequence


def _start_with_deadline(key: Key | None) -> dict[str, object] | None:
    """Where to start among tickets with a deadline; None if the page starts among those without."""
    if key is None:
        return {**_FIRST, "due": "-infinity"}
    due, rank, created, sequence = key
    return {"due": due, "rank": rank, "created": created, "sequence": sequence} if due else None


def _key_of_cursor(cursor: str | None) -> Key | None:
    key = decode(cursor, (str, int, str, int))
    if key is None:
        return None
    due, _, created, _ = key
    for moment in filter(None, (due, created)):
        try:
            datetime.fromisoformat(str(moment)).astimezone(UTC)  # PostgreSQL compares in UTC
        except (ValueError, OverflowError) as error:
            raise Unprocessable({"cursor": ["Not a cursor of this list."]}) from error
    return key
