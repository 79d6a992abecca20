"""The saved replies that a person may use: a page of all, or those that match a few words."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.triage.saved_replies.saved_reply import COLUMNS
from shared.auth.principal import Principal

FIRST = UUID(int=0)
# Of those that match a few words.
MOST_FOUND = 20

# Each part has an index, and at most MOST rows a team or person.
_READABLE = """
    (select {columns} from triage.saved_replies where team = any(:teams) and id > :after {which} order by id limit :limit)
    union all (select {columns} from triage.saved_replies where owner = :me and id > :after {which} order by id limit :limit)
    union all (select {columns} from triage.saved_replies
               where team is null and owner is null and id > :after {which} order by id limit :limit)
"""
_LIST = text(f"select * from ({_READABLE.format(columns=COLUMNS, which='')}) found order by id limit :limit")
_MATCHES = "and (name ilike :words or texts ->> 'en' ilike :words or texts ->> 'sv' ilike :words)"
# First those whose name begins with the words, then the ticket's team's and one's own, then those used most.
_FIND = text(f"""
    select * from ({_READABLE.format(columns=COLUMNS, which=_MATCHES)}) found
    order by name ilike :beginning desc, coalesce(team = :team, owner is not null) desc, uses desc, name, id limit {MOST_FOUND}
""")
# More than anybody has.
_ALL = 2_000


def list_saved_replies(
    connection: Connection, reader: Principal, teams: Sequence[str], after: UUID = FIRST, limit: int = 50
) -> Sequence[Row[Any]]:
    """Up to `limit` and one more: those of `teams` (which the reader may read), the reader's own and everybody's, the oldest first."""
    values = {"teams": list(teams), "me": reader.id, "after": after, "limit": limit + 1}
    return connection.execute(_LIST, values).all()


def find_saved_replies(
    connection: Connection, reader: Principal, teams: Sequence[str], team: str, words: str
) -> Sequence[Row[Any]]:
    """Up to MOST_FOUND whose name or text holds `words` (in any case), the best first for a ticket of `team`."""
    held = words.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    values = {"teams": list(teams), "me": reader.id, "after": FIRST, "limit": _ALL, "team": team}
    return connection.execute(_FIND, {**values, "words": f"%{held}%", "beginning": f"{held}%"}).all()
