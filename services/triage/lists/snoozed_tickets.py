"""Lists a team's snoozed tickets, in the order in which they open."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from services.triage.tickets.rows import COLUMNS
from shared.errors import Unprocessable
from shared.http.paging import decode, encode

_SNOOZED = text(f"""
    select {COLUMNS} from triage.tickets t
    where t.team = :team and t.state = 'snoozed' and (t.snoozed_until, t.sequence) > (cast(:until as timestamptz), :sequence)
    order by t.snoozed_until, t.sequence limit :limit
""")


def snoozed_page(
    connection: Connection, team: str, cursor: str | None, limit: int
) -> tuple[Sequence[Row[Any]], str | None]:
    """Up to `limit` rows, and the cursor of the next page. Raises Unprocessable for a malformed cursor."""
    key = decode(cursor, (str, int)) or ("-infinity", 0)
    values = {"team": team, "until": _moment(str(key[0])), "sequence": key[1], "limit": limit + 1}
    rows = connection.execute(_SNOOZED, values).all()
    more = encode((rows[limit - 1].snoozed_until.isoformat(), rows[limit - 1].sequence)) if len(rows) > limit else None
    return rows[:limit], more


def _moment(given: str) -> str:
    if given == "-infinity":
        return given
    try:
        return datetime.fromisoformat(given).astimezone(UTC).isoformat()
    except (ValueError, OverflowError) as error:
        raise Unprocessable({"cursor": ["Not a cursor of this list."]}) from error
